"""The ways out: a Slack-compatible webhook, a generic one, and e-mail. Their libraries are loaded when first used."""
