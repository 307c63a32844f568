"""Services: the processes of a small deployment kept up, and swapped without a dropped request."""
