using Fidelity.Portal;
using Fidelity.Portal.DeadLetters;
using Fidelity.Portal.Granting;
using Fidelity.ServiceDefaults;

if (args is [DeadLetterCommands.Argument, .. var command])
    return await DeadLetterCommands.Run(command);

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("portal");
builder.AddPortal(declareOnly);
var app = builder.Build();
if (args is [AccessCommands.Argument, .. var asked])
    return await AccessCommands.Run(app.Services, asked);
app.MapPortal();
return await app.RunServiceAsync(args);
