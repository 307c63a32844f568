"""What is secret: how it is recognised, masked, and kept from the processes that this one starts."""
