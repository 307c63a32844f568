"""Auth: who is asking (people, keys, this machine), and how far their role reaches."""
