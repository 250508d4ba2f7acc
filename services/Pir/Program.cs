using Fidelity.Pir;
using Fidelity.Pir.Restating;
using Fidelity.ServiceDefaults;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("pir");
builder.AddPir(declareOnly);
var app = builder.Build();
if (args is [ReproduceCommand.Argument, .. var asked])
    return await ReproduceCommand.Run(app.Services, asked, Console.Out);
return await app.RunServiceAsync(args);
