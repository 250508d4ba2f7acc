using Fidelity.Portal;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("portal");
builder.AddPortal(declareOnly);
var app = builder.Build();
app.MapPortal();
return await app.RunServiceAsync(args);
