"""How often the right row comes first: judged queries, two baselines, what each rule is worth."""
