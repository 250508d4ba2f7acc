using System.Reflection;
using System.Text.Json.Nodes;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Submitting;
using Fidelity.Validation;
using Microsoft.AspNetCore.Routing;

namespace Fidelity.Portal.Tests.Describing;

/// <summary>The description at /openapi/v1.json, of the portal as it runs.</summary>
public sealed class DescriptionTests(LonePortal portal) : IClassFixture<LonePortal>
{
    readonly DescribedSchemas schemas = new(portal.Document);

    [Fact]
    public void Every_route_of_the_api_is_described_and_nothing_else()
    {
        var routes = portal.Routes
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {Template(route)}"))
            .ToList();
        routes.Count.ShouldBeGreaterThan(20);
        Operations.Select(operation => operation.Name).ShouldBe(routes, ignoreOrder: true);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_known_tag_a_summary_and_a_description()
    {
        Operations.Select(operation => (string?)operation.Node["operationId"]).ShouldBeUnique();
        var tags = portal.Document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!).ToList();
        foreach (var (name, operation) in Operations)
        {
            foreach (var property in new[] { "operationId", "summary", "description" })
                ((string?)operation[property]).ShouldNotBeNullOrWhiteSpace($"{property} of {name}");
            operation["tags"]!.AsArray().Select(tag => (string)tag!).ShouldHaveSingleItem(name).ShouldBeOneOf([.. tags]);
        }
    }

    [Fact]
    public void Every_parameter_is_described_and_typed()
    {
        foreach (var (name, operation) in Operations)
        {
            var parameters = operation["parameters"]?.AsArray() ?? [];
            foreach (var parameter in parameters)
            {
                ((string?)parameter!["description"]).ShouldNotBeNullOrWhiteSpace($"{parameter["name"]} of {name}");
                parameter["schema"]!["type"].ShouldNotBeNull($"{parameter["name"]} of {name}");
            }

            parameters.Count(parameter => (string)parameter!["in"]! == "path").ShouldBe(name.Count(letter => letter == '{'), name);
        }
    }

    [Fact]
    public void Every_body_has_a_schema_and_examples_that_fit_it()
    {
        var bodies = Operations.Where(operation => operation.Node["requestBody"] is not null).ToList();
        bodies.Select(operation => operation.Name).ShouldBe(
            [.. RecordAddress.All.Select(address => $"POST /api/v1/{address.Path}"), "POST /api/v1/imports", "POST /api/v1/webhooks", "POST /api/v1/fhir/QuestionnaireResponse"], ignoreOrder: true);
        foreach (var (name, operation) in bodies)
            ShouldFit(operation["requestBody"]!["content"]!, name);
    }

    [Fact]
    public void Every_answer_has_a_description_a_schema_and_examples_that_fit_it()
    {
        foreach (var (name, operation) in Operations)
        {
            var statuses = operation["responses"]!.AsObject();
            statuses.ShouldContain(status => status.Key[0] == '2', name);
            foreach (var (status, answer) in statuses)
            {
                ((string?)answer!["description"]).ShouldNotBeNullOrWhiteSpace($"{status} of {name}");
                if (status == "304")
                {
                    answer["content"].ShouldBeNull(name);
                    continue;
                }

                ShouldFit(answer["content"]!, $"{status} of {name}");
                if (status[0] != '2')
                    ((string)answer["content"]!["application/problem+json"]!["schema"]!["$ref"]!).ShouldEndWith("/Problem", Case.Sensitive, $"{status} of {name}");
            }
        }
    }

    [Fact]
    public void What_can_go_wrong_with_an_operation_is_among_its_answers()
    {
        foreach (var (name, operation) in Operations)
        {
            var statuses = operation["responses"]!.AsObject().Select(status => status.Key).ToList();
            // A null character in the address, somebody who may not ask, or asks too often, and our own failure.
            string[] expected = ["400", "401", "403", "429", "500"];
            if (name.StartsWith("GET ", StringComparison.Ordinal))
                expected = [.. expected, "304"];
            if (name.Contains('{', StringComparison.Ordinal))
                expected = [.. expected, "404"];
            if (operation["requestBody"] is not null)
                expected = [.. expected, "413", "415", "422"];
            if ((operation["parameters"]?.AsArray() ?? []).Any(parameter => (string)parameter!["name"]! == "programme"))
                expected = [.. expected, "422"];
            expected.Except(statuses).ShouldBeEmpty(name);
        }
    }

    [Fact]
    public void Every_property_of_every_schema_is_described_and_has_a_type()
    {
        foreach (var (name, schema) in portal.Document["components"]!["schemas"]!.AsObject())
        {
            (schema!["type"] ?? schema["anyOf"]).ShouldNotBeNull(name);
            foreach (var (property, described) in schema["properties"]?.AsObject() ?? [])
            {
                // What may be null stands beside it, with its description.
                var nodes = described!["oneOf"]?.AsArray().Select(one => one!) ?? [described];
                nodes.ShouldContain(node => !string.IsNullOrWhiteSpace((string?)node["description"]), $"{name}.{property}");
                nodes.ShouldAllBe(node => node["type"] != null || node["$ref"] != null, $"{name}.{property}");
                nodes.Where(node => node["type"]?.ToJsonString().Contains("\"array\"", StringComparison.Ordinal) is true).ShouldAllBe(node => node["items"] != null, $"{name}.{property}");
            }
        }
    }

    [Fact]
    public void Problems_have_one_of_the_codes_that_there_are()
    {
        string[] codes =
        [
            .. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetValue(null)!), "unauthenticated", "forbidden",
            "too_many_requests", "internal",
        ];
        foreach (var schema in new[] { "Problem", "Fault" })
            Words(Schema(schema)["properties"]!["code"]!).ShouldBe(codes, ignoreOrder: true);
    }

    [Fact]
    public void Every_kind_of_record_has_an_address_that_takes_its_columns()
    {
        RecordAddress.All.Select(address => address.Kind).ShouldBe(ImportKind.All);
        foreach (var address in RecordAddress.All)
        {
            var schema = Schema(address.Name);
            var properties = schema["properties"]!.AsObject().Select(property => property.Key).ToList();
            var items = address.Kind.Columns.Count(column => column[0] == 'i' && char.IsAsciiDigit(column[^1]));
            properties.Except(["items"]).ShouldBe(address.Kind.Columns.Take(address.Kind.Columns.Count - items), address.Name);
            properties.Contains("items").ShouldBe(items > 0, address.Name);
            ((bool?)schema["additionalProperties"]).ShouldBe(false, address.Name);
        }
    }

    [Fact]
    public void Documents_are_described_with_types_codes_and_what_may_be_left_out()
    {
        var @case = Schema("Case")["properties"]!;
        @case["started"]!.ToJsonString().ShouldContain("\"format\":\"date\"");
        @case["discharged"]!["type"]!.AsArray().Select(type => (string)type!).ShouldBe(["null", "string"], ignoreOrder: true);
        Words(@case["discharge_reason"]!).ShouldBe(
            ["completed", "lack_of_engagement", "placed", "moved", "administrative", "placed_prior_event", null]);
        Required("Case").ShouldBe(["case_id", "team_id", "therapist_id", "started"]);
        Required("Correction").ShouldBe(["id", "date", "item", "value"]);
        Words(Schema("SamSurvey")["properties"]!["instrument"]!).ShouldBe(["sam@1"]);
        var items = Schema("CamSurvey")["properties"]!["items"]!;
        ((int)items["minItems"]!, (int)items["maxItems"]!).ShouldBe((23, 23));
        foreach (var (answer, fits) in new (JsonNode?, bool)[] { (5, true), ("NA", true), (null, true), ("5", false), (2.5, false), (true, false) })
            (schemas.Faults(Schema("Answer"), answer).Count == 0).ShouldBe(fits, answer?.ToJsonString() ?? "null");
        foreach (var (said, fits) in new (JsonNode?, bool)[] { (true, true), ("yes", true), ("unknown", true), (null, true), ("maybe", false), (1, false) })
            (schemas.Faults(Schema("YesNo"), said).Count == 0).ShouldBe(fits, said?.ToJsonString() ?? "null");
    }

    [Fact]
    public void Every_operation_asks_for_a_token()
    {
        portal.Document["components"]!["securitySchemes"]!["token"]!.ToJsonString().ShouldContain("\"scheme\":\"bearer\"");
        portal.Document["security"]!.AsArray().ShouldHaveSingleItem()!.AsObject().Select(scheme => scheme.Key).ShouldBe(["token"]);
        Operations.ShouldAllBe(operation => operation.Node["security"] == null);
    }

    [Fact]
    public void It_names_no_server_and_says_how_errors_repeats_and_programmes_work()
    {
        portal.Document["servers"].ShouldBeNull();
        ((string)portal.Document["info"]!["title"]!).ShouldBe("Fidelity");
        foreach (var subject in new[] { "**Errors**", "**Repeats.**", "**Programme.**", "**Lists**", "**Again.**", "**How often.**" })
            ((string)portal.Document["info"]!["description"]!).ShouldContain(subject);
    }

    IReadOnlyList<(string Name, JsonNode Node)> Operations =>
    [
        .. from path in portal.Document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value),
    ];

    void ShouldFit(JsonNode content, string where)
    {
        content.AsObject().ShouldNotBeEmpty(where);
        foreach (var (type, described) in content.AsObject())
        {
            described!["schema"].ShouldNotBeNull($"{type} of {where}");
            var examples = described["examples"]?.AsObject().Select(example => example.Value!["value"]).ToList() ?? [described["example"]];
            examples.ShouldNotBeEmpty($"{type} of {where}");
            foreach (var example in examples)
            {
                example.ShouldNotBeNull($"{type} of {where}");
                schemas.Faults(described["schema"]!, example).ShouldBeEmpty($"{type} of {where}");
            }
        }
    }

    JsonNode Schema(string name) => portal.Document["components"]!["schemas"]![name]!;

    IEnumerable<string> Required(string schema) => Schema(schema)["required"]!.AsArray().Select(name => (string)name!);

    static IEnumerable<string?> Words(JsonNode schema) => schema["enum"]!.AsArray().Select(word => (string?)word);

    /// <summary>A route as the description writes it: without the constraints on its parameters.</summary>
    static string Template(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            _ => throw new ArgumentException($"{part} is neither.", nameof(route)),
        }))));
}
