using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Constraints and regularizers: values, gradients, names and refusals.</summary>
public sealed class ConstraintsSuite : ISuite
{
    // Keras' backends differ by up to 2.2e-7 of the largest entry.
    private const double Tolerance = 1e-6;

    /// <inheritdoc/>
    public string File => "constraints";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture
            .Entries("cases")
            .Select(e => new FixtureCase(e.Name, check => Case(fixture, e, check)))
            .Concat(fixture.Entries("identifiers").Select(e => new FixtureCase(e.Name, check => Identifier(e, check))))
            .Concat(fixture.Entries("errors").Select(e => new FixtureCase(e.Name, check => Error(fixture, e, check))));

    private static void Case(Fixture fixture, FixtureEntry entry, Check check)
    {
        JsonNode config = entry.Object["config"]!;
        Tensor x = fixture.Array($"{entry.Name}/input");
        string kind = entry.Object["kind"].Text();
        if (kind is not ("constraint" or "regularizer"))
        {
            throw new FixtureException($"A case is of a constraint or a regularizer, but '{entry.Name}' is of a {kind}.");
        }

        if (kind == "constraint")
        {
            Constraint constraint = Make<Constraint>(config, check);
            Tensor before = x.clone();
            check.Close("output", constraint.Call(x), fixture.Array($"{entry.Name}/output"), Tolerance);
            check.Close("input is left alone", x, before, 0);
            return;
        }

        Regularizer regularizer = Make<Regularizer>(config, check);
        Tensor value = regularizer.Call(x.requires_grad_());
        value.backward();
        check.Close("value", value, fixture.Array($"{entry.Name}/value"), Tolerance);
        check.Close(
            "grad",
            x.grad ?? throw new InvalidOperationException("There is no gradient for the input."),
            fixture.Array($"{entry.Name}/grad"),
            Tolerance
        );
    }

    private static T Make<T>(JsonNode config, Check check)
        where T : KerasObject
    {
        string name = config["class_name"].Text();
        if (!KerasSerializer.Knows<T>(name))
        {
            throw new UnsupportedException($"there is no {typeof(T).Name} {name}");
        }

        T made = KerasSerializer.Deserialize<T>(config);
        check.Json("config", KerasSerializer.Serialize(made), config);
        return made;
    }

    private static void Identifier(FixtureEntry entry, Check check)
    {
        bool constraint = entry.Name.StartsWith("identifiers/constraint/", StringComparison.Ordinal);
        string? name = entry.Key == "None" ? null : entry.Key;
        if (name is null)
        {
            check.Equal("outcome", entry.Object["outcome"].Text(), "accepted");
            check.Json("value", constraint ? Serialized(Constraint.Get(name)) : Serialized(Regularizer.Get(name)), entry.Object["value"]);
        }
        else if (
            Refusal.Check<KerasObject>(
                check,
                entry.Object["outcome"].Text() == "refused",
                () => constraint ? Constraint.Get(name) : Regularizer.Get(name)
            )
            is KerasObject made
        )
        {
            check.Json("value", Serialized(made), entry.Object["value"]);
        }
    }

    private static JsonObject? Serialized(KerasObject? value) => value is null ? null : KerasSerializer.Serialize(value);

    private static void Error(Fixture fixture, FixtureEntry entry, Check check)
    {
        // A factor is a number here, so that a string can come from a file only.
        Func<JsonNode> call = entry.Key switch
        {
            "L1(-0.1)" => () => new L1(-0.1).GetConfig(),
            "L2('a')" => () => L2Of(JsonValue.Create("a")),
            "L2(None)" => () => L2Of(null),
            "L1(nan)" => () => new L1(double.NaN).GetConfig(),
            "L1(inf)" => () => new L1(double.PositiveInfinity).GetConfig(),
            "OrthogonalRegularizer of rank 4" => () => Value(new OrthogonalRegularizer().Call(ones(3, 3, 2, 4))),
            "OrthogonalRegularizer(mode='both')" => () => new OrthogonalRegularizer(mode: "both").GetConfig(),
            "MaxNorm(-1) of an array" => () => Value(new MaxNorm(-1).Call(ones(2, 2))),
            "MaxNorm(axis=5)" => () => Value(new MaxNorm(axis: 5).Call(ones(6, 4))),
            _ => throw new UnsupportedException($"the suite of {fixture.Name} does not know the call '{entry.Key}'"),
        };
        if (Refusal.Check(check, entry.Object["outcome"].Text() == "refused", call) is JsonNode value)
        {
            check.Json("value", value, entry.Object["value"]);
        }
    }

    private static JsonObject L2Of(JsonNode? factor) =>
        KerasSerializer
            .Deserialize<Regularizer>(
                new JsonObject
                {
                    ["class_name"] = "L2",
                    ["config"] = new JsonObject { ["l2"] = factor },
                }
            )
            .GetConfig();

    private static JsonArray Value(Tensor value) =>
        new([
            .. Enumerable
                .Range(0, value.dim() == 0 ? 1 : (int)value.shape[0])
                .Select(i => value.dim() > 1 ? (JsonNode?)Value(value[i]) : JsonValue.Create(value.reshape(-1)[i].ToDouble())),
        ]);
}
