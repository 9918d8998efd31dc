"""How often the right row comes first: judged queries, two baselines, and what each rule is worth."""
