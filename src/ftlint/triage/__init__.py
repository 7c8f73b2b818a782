"""Triage: the small toxicity model that ships with ftlint; English, and blind to identity."""
