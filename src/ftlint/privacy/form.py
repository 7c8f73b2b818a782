"""Forms: how the keys and tokens of providers look, as data; nothing is compiled before a hit."""

from __future__ import annotations

from ftlint.value import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """How the keys of one provider look."""

    provider: str
    literals: tuple[str, ...]
    """Beginnings of which one stands in every key."""
    pattern: str
    """Regular expression of a key from its literal on."""
    lead: str = ""
    """Regular expression of what goes before the literal and belongs to the key."""


_B64 = "[A-Za-z0-9_-]"
_ALNUM = "[A-Za-z0-9]"
FORMS = (
    Form("OpenAI", ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"), rf"{_B64}{{40,200}}"),
    Form("Anthropic", ("sk-ant-",), rf"(?:api|admin|sid|oat)\d\d-{_B64}{{32,200}}"),
    Form("OpenRouter", ("sk-or-v1-",), r"[0-9a-f]{64}"),
    Form("OpenAI or one like it", ("sk-",), rf"{_ALNUM}{{32,64}}"),
    Form("AWS", ("AKIA", "ASIA", "ABIA", "ACCA"), r"[A-Z2-7]{16}"),
    Form("AWS", ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
         r"[\"' ]{0,3}[:=][\"' ]{0,3}[A-Za-z0-9/+]{40}(?![/+=])"),
    Form("GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), rf"{_ALNUM}{{36,255}}"),
    Form("GitHub", ("github_pat_",), rf"{_ALNUM}{{22}}_{_ALNUM}{{59}}"),
    Form("GitLab", ("glpat-", "glptt-", "gldt-", "glrt-"), rf"{_B64}{{20,64}}"),
    Form("GitLab", ("glcbt-",), rf"(?:[0-9a-f]{{1,5}}_)?{_B64}{{20,64}}"),
    Form("Slack", ("xox",), r"[abeoprs]-(?:\d{8,14}-){1,3}[A-Za-z0-9-]{16,80}"),
    Form("Slack", ("xoxe",), rf"(?:\.xox[bp])?-\d-{_ALNUM}{{120,200}}"),
    Form("Slack", ("xapp-",), r"\d-[A-Z0-9]{8,14}-\d{8,14}-[0-9a-f]{32,64}"),
    Form("Slack", ("hooks.slack.com",),
         rf"/services/T[A-Z0-9]{{8,12}}/B[A-Z0-9]{{8,12}}/{_ALNUM}{{24}}"),
    Form("Stripe", ("sk_live_", "rk_live_"), rf"{_ALNUM}{{24,120}}"),
    Form("Stripe", ("whsec_",), rf"{_ALNUM}{{32,64}}"),
    Form("Google", ("AIza",), rf"{_B64}{{35}}"),
    Form("Google", ("GOCSPX-",), rf"{_B64}{{28}}"),
    Form("Google", ("ya29.",), rf"{_B64}{{50,400}}"),
    Form("Hugging Face", ("hf_", "api_org_"), rf"{_ALNUM}{{34,40}}"),
    Form("npm", ("npm_",), rf"{_ALNUM}{{36}}"),
    Form("PyPI", ("pypi-AgE",), rf"{_B64}{{50,300}}"),
    Form("SendGrid", ("SG.",), rf"{_B64}{{22}}\.{_B64}{{43}}"),
    Form("Mailgun", ("key-",), r"[0-9a-f]{32}"),
    Form("DigitalOcean", ("dop_v1_", "doo_v1_", "dor_v1_"), r"[0-9a-f]{64}"),
    Form("Shopify", ("shp",), r"(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Form("Square", ("sq0csp-", "sq0atp-"), rf"{_B64}{{22,43}}"),
    Form("Telegram", (":AA",), rf"{_B64}{{33}}", r"(?<!\d)\d{8,10}"),
    Form("Databricks", ("dapi",), r"[0-9a-f]{32}(?:-\d)?"),
    Form("Linear", ("lin_api_",), rf"{_ALNUM}{{40}}"),
    Form("Notion", ("ntn_",), rf"{_ALNUM}{{40,50}}"),
    Form("Groq", ("gsk_",), rf"{_ALNUM}{{52}}"),
    Form("xAI", ("xai-",), rf"{_ALNUM}{{80}}"),
    Form("Replicate", ("r8_",), rf"{_ALNUM}{{37}}"),
    Form("Perplexity", ("pplx-",), rf"{_ALNUM}{{48,56}}"),
    Form("Vault", ("hvs.", "hvb."), rf"{_B64}{{24,120}}"),
    Form("Docker", ("dckr_pat_",), rf"{_B64}{{27,40}}"),
    Form("Azure", ("AccountKey=",), r"[A-Za-z0-9+/]{86}=="),
    Form("New Relic", ("NRAK-",), r"[A-Z0-9]{27}"),
    Form("Grafana", ("glsa_",), rf"{_ALNUM}{{32}}_[0-9a-f]{{8}}"),
    Form("Postman", ("PMAK-",), r"[0-9a-f]{24}-[0-9a-f]{34}"),
    Form("Atlassian", ("ATATT3",), r"[A-Za-z0-9_=-]{150,250}"),
    Form("Atlassian", ("ATBB",), rf"{_ALNUM}{{32}}"),
    Form("NVIDIA", ("nvapi-",), rf"{_B64}{{60,72}}"),
    Form("Cerebras", ("csk-",), r"[a-z0-9]{48}"),
    Form("LangSmith", ("lsv2_pt_", "lsv2_sk_"), r"[0-9a-f]{32}_[0-9a-f]{10}"),
    Form("Langfuse", ("sk-lf-",), r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    Form("Pinecone", ("pcsk_",), rf"{_ALNUM}{{4,8}}_{_ALNUM}{{50,70}}"),
    Form("Tavily", ("tvly-",), rf"(?:dev-|prod-)?{_ALNUM}{{32}}"),
    Form("Jina", ("jina_",), rf"{_B64}{{60}}"),
    Form("Figma", ("figd_",), rf"{_B64}{{40}}"),
    Form("Supabase", ("sbp_",), r"[0-9a-f]{40}"),
    Form("PlanetScale", ("pscale_tkn_", "pscale_pw_", "pscale_oauth_"), r"[\w.=-]{32,64}"),
    Form("Doppler", ("dp.pt.", "dp.st."), r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    Form("Sentry", ("sntryu_",), r"[0-9a-f]{64}"),
    Form("Sentry", ("sntrys_",), r"[A-Za-z0-9+/=_-]{80,300}"),
    Form("RubyGems", ("rubygems_",), r"[0-9a-f]{48}"),
    Form("HashiCorp", (".atlasv1.",), rf"{_B64}{{60,70}}", rf"(?<![A-Za-z0-9]){_ALNUM}{{14}}"),
    Form("Grafana", ("glc_",), r"[A-Za-z0-9+/]{40,400}={0,2}"),
    Form("Heroku", ("HRKU-AA",), rf"{_B64}{{58}}"),
    Form("PostHog", ("phx_",), rf"{_ALNUM}{{40,50}}"),
    Form("Notion", ("secret_",), rf"{_ALNUM}{{43}}"),
    Form("Brevo", ("xkeysib-",), rf"[0-9a-f]{{64}}-{_ALNUM}{{16}}"),
    Form("Azure", ("SharedAccessKey=",), r"[A-Za-z0-9+/]{43}="),
    Form("AWS", ("ABSK",), r"[A-Za-z0-9+/]{109,269}={0,2}"),
    Form("age", ("AGE-SECRET-KEY-1",), r"[0-9A-Z]{58}"),
    Form("Discord", ("discord.com/api/webhooks/", "discordapp.com/api/webhooks/"),
         rf"\d{{17,20}}/{_B64}{{60,72}}"),
    Form("JSON Web Token", ("eyJ",), rf"{_B64}{{10,}}\.eyJ{_B64}{{10,}}\.{_B64}{{20,}}"),
)  # fmt: skip
"""Forms as the providers document them, or as their keys are (2026-11); own choice, MIT."""

BLOCK = "PRIVATE KEY"
LITERALS = (*(literal for form in FORMS for literal in form.literals), BLOCK)
