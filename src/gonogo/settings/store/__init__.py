"""All SQL of this room: reading, recording changes, declaring, and taking over what others wrote."""
