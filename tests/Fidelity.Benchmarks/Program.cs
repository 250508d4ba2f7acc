using System.Globalization;
using Fidelity.Benchmarks;
Console.WriteLine(new SyntheticNetwork(int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture), args[3]).Write(args[0]));
