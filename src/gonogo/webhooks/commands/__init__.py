"""Every change of this room: authorise, write, append the event, in one transaction."""
