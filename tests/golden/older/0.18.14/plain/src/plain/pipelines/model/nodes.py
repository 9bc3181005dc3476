def split(table, options):
    return table, table


def train(data, rounds=10):
    return data


def evaluate(test, model):
    return {"score": 1, "plot": 2}
