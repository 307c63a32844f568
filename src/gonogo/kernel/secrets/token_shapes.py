"""How the keys and tokens of well-known issuers look: what is masked although nobody named it a secret."""

from __future__ import annotations

from typing import Final

# Each with a word that has to be there, which is found many times faster than the shape. Every repetition is bounded,
# so a hostile line costs a constant a byte. The sources are the issuers' own pages, gitleaks and detect-secrets.
TOKENS: Final = (
    (b"gn", rb"gn[a-z]_[A-Za-z0-9_-]{40,64}"),  # Gonogo
    (b"whs", rb"whs(?:ec|k)_[A-Za-z0-9+/=]{16,512}"),  # Standard Webhooks
    (b"AKIA", rb"AKIA[A-Z0-9]{16}"),  # AWS
    (b"ASIA", rb"ASIA[A-Z0-9]{16}"),
    (b"gh", rb"gh[pousr]_[A-Za-z0-9]{20,255}"),  # GitHub
    (b"github_pat_", rb"github_pat_[A-Za-z0-9_]{20,255}"),
    (b"gl", rb"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_=.-]{16,255}"),  # GitLab
    (b"xox", rb"xox[a-z]-[A-Za-z0-9-]{8,255}"),  # Slack
    (b"xapp-", rb"xapp-[A-Za-z0-9-]{8,255}"),
    (b"k_", rb"[srp]k_(?:live|test)_[A-Za-z0-9]{10,255}"),  # Stripe
    (b"npm_", rb"npm_[A-Za-z0-9]{36}"),
    (b"pypi-", rb"pypi-[A-Za-z0-9_-]{32,512}"),
    (b"_v1_", rb"do[opr]_v1_[a-f0-9]{64}"),  # DigitalOcean
    (b"hf_", rb"hf_[A-Za-z]{30,64}"),  # Hugging Face
    (b"SG.", rb"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}"),  # SendGrid
    (b"AIza", rb"AIza[0-9A-Za-z_-]{35}"),  # Google
    (b"ya29.", rb"ya29\.[A-Za-z0-9_-]{20,1024}"),
    (b"hv", rb"hv[sbr]\.[A-Za-z0-9_-]{20,512}"),  # HashiCorp Vault
    (b"shp", rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),  # Shopify
    (b"AGE-SECRET-KEY-", rb"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    # `sk-` is part of many words (`disk-usage`), so it has to begin one: at a blank, a sign, or after a colour.
    (
        b"sk-",
        rb"(?:(?<![A-Za-z0-9_-])|(?<=\[[0-9]m)|(?<=[0-9][0-9]m))sk-(?=[A-Za-z_-]{0,255}[0-9])[A-Za-z0-9_-]{20,255}",
    ),
)

# Matched whether or not it is one, so that no start inside it is tried again; two parts and more make a JWT.
JWT: Final = rb"eyJ[A-Za-z0-9_-]{10,16384}(?:\.[A-Za-z0-9_-]{2,16384}){0,4}"

# Of these only the group "secret" is masked; the words around it stay readable. Their word is in lower case.
AROUND: Final = (
    (b"://", rb"://[^\s/:@]{0,256}:(?P<secret>[^\s/]{1,1024})@"),
    (b"bearer", rb"(?i)\bbearer[ \t]{1,16}(?P<secret>[A-Za-z0-9._~+/=-]{8,16384})"),
    (b"basic", rb"(?i)\bbasic[ \t]{1,16}(?P<secret>[A-Za-z0-9._~+/=-]{8,16384})"),
    *(
        (
            header,
            rb"""(?i)\b%b["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?:[a-z][a-z0-9-]{1,30}[ \t]{1,8})?"""
            rb"""(?P<secret>[^\s"'\0*]{8,16384})""" % header,
        )
        for header in (
            *(b"authorization", b"x-api-key", b"api-key", b"x-auth-token", b"private-token", b"x-vault-token"),
        )
    ),
)
