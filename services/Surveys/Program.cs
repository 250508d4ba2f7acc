using Fidelity.ServiceDefaults;
using Fidelity.Surveys;

var declareOnly = args.Contains(Bus.DeclareTopology);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("surveys");
builder.AddSurveys(declareOnly);
return await builder.Build().RunServiceAsync(args);
