"""How the keys and tokens of well-known issuers look: what is masked although nobody named it a secret."""

from __future__ import annotations

from typing import Final

# Every repetition is bounded, so a hostile line costs a constant a byte. The sources are the issuers' own pages and
# the rule sets of gitleaks and detect-secrets.
TOKENS: Final = (
    rb"gn[a-z]_[A-Za-z0-9_-]{40,64}",  # Gonogo
    rb"whs(?:ec|k)_[A-Za-z0-9+/=]{16,512}",  # Standard Webhooks
    rb"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",  # AWS
    rb"gh[pousr]_[A-Za-z0-9]{20,255}",  # GitHub
    rb"github_pat_[A-Za-z0-9_]{20,255}",
    rb"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_=.-]{16,255}",  # GitLab
    rb"xox[a-z]-[A-Za-z0-9-]{8,255}",  # Slack
    rb"xapp-[A-Za-z0-9-]{8,255}",
    rb"[srp]k_(?:live|test)_[A-Za-z0-9]{10,255}",  # Stripe
    rb"npm_[A-Za-z0-9]{36}",
    rb"pypi-[A-Za-z0-9_-]{32,512}",
    rb"do[opr]_v1_[a-f0-9]{64}",  # DigitalOcean
    rb"hf_[A-Za-z]{30,64}",  # Hugging Face
    rb"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}",  # SendGrid
    rb"AIza[0-9A-Za-z_-]{35}",  # Google
    rb"ya29\.[A-Za-z0-9_-]{20,1024}",
    rb"hv[sbr]\.[A-Za-z0-9_-]{20,512}",  # HashiCorp Vault
    rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",  # Shopify
    rb"AGE-SECRET-KEY-1[0-9A-Z]{58}",
)

# `sk-` is part of many words (`disk-usage`), so it has to begin one: at a blank, a sign, or after a colour.
WORDY_TOKENS: Final = (
    rb"(?:(?<![A-Za-z0-9_-])|(?<=\[[0-9]m)|(?<=[0-9][0-9]m))sk-(?=[A-Za-z_-]{0,255}[0-9])[A-Za-z0-9_-]{20,255}",
)

# Matched whether or not it is one, so that no start inside it is tried again; two parts and more make a JWT.
JWT: Final = rb"eyJ[A-Za-z0-9_-]{10,16384}(?:\.[A-Za-z0-9_-]{2,16384}){0,4}"

# Of these only the group "secret" is masked; the words around it stay readable.
AROUND: Final = (
    rb"://[^\s/:@]{0,256}:(?P<secret>[^\s/]{1,1024})@",
    rb"(?i)\b(?:bearer|basic)[ \t]{1,16}(?P<secret>[A-Za-z0-9._~+/=-]{8,16384})",
    rb"""(?i)\b(?:authorization|x-api-key|api-key|x-auth-token|private-token|x-vault-token)["']?[ \t]{0,8}[:=]"""
    rb"""[ \t]{0,8}["']?(?:[a-z][a-z0-9-]{1,30}[ \t]{1,8})?(?P<secret>[^\s"'\0*]{8,16384})""",
)
