"""Statistics: intervals and tests behind what rules about datasets say."""
