// Each class has a whole Fidelity of its own running; two at once would only take turns on two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// The scripts that these tests run are for Debian.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
