using Fidelity.Pir;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("pir");
builder.AddPir(declareOnly);
await builder.Build().RunServiceAsync(declareOnly);
