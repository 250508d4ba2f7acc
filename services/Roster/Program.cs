using Fidelity.Roster;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("roster");
builder.AddRoster(declareOnly);
return await builder.Build().RunServiceAsync(args);
