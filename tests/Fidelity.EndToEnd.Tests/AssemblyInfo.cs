// Each class has a whole Fidelity of its own running; two at once would only take turns on two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
