"""What may be published: category attributes, rules, the two written forms, audits."""
