"""``load``: a bounded, open-loop load on a service of one's own, as signals.

Open-loop means that requests are sent at their planned moments, whether earlier ones have been answered or not, and
that waiting counts: an answer's time runs from the moment its request was due. A slow service can't hide by slowing
down the load.
"""
