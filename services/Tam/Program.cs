using Fidelity.Tam;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("tam");
builder.AddTam(declareOnly);
return await builder.Build().RunServiceAsync(args);
