"""``contract record`` and ``contract verify``: what an HTTP API answers, written down once and held against later."""
