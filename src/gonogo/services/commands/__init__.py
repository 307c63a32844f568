"""Every change of a service: authorise, move, write it down."""
