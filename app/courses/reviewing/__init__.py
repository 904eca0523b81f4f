"""From a draft to a published revision: what changed, what others say of it, who is affected, and back again."""
