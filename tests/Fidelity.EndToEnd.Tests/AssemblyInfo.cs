// Each class has a whole Fidelity of its own running, on ports of its own: two at once, since much of a test is waiting.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

// The scripts that these tests run are for Debian.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
