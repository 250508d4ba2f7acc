using Fidelity.Pir;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("pir");
builder.AddPir(declareOnly);
return await builder.Build().RunServiceAsync(args);
