using Fidelity.Portal;
using Fidelity.Portal.DeadLetters;
using Fidelity.ServiceDefaults;

if (args is [DeadLetterCommands.Argument, .. var command])
    return await DeadLetterCommands.Run(command);

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("portal");
builder.AddPortal(declareOnly);
var app = builder.Build();
app.MapPortal();
return await app.RunServiceAsync(args);
