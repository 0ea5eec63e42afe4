using System.Globalization;
using System.Text.Json.Nodes;
using Distillation.Keras.Initializers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Initializers: values of those without chance, distributions of the others, seeds, names and refusals.</summary>
public sealed class InitializersSuite : ISuite
{
    // The tolerances of the fixtures are for about so many draws.
    private const long Count = 200_000;

    /// <inheritdoc/>
    public string File => "initializers";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture
            .Entries("cases")
            .Select(e => new FixtureCase(e.Name, check => Case(fixture, e, check)))
            .Concat(
                fixture
                    .Entries("errors")
                    .Select(e => new FixtureCase(e.Name, check => Refusal.Check(check, IsRefused(e), () => Call(e.Key))))
            )
            .Concat(fixture.Entries("identifiers").Select(e => new FixtureCase(e.Name, check => Identifier(e, check))))
            .Concat(fixture.Entries("seeds").Select(e => new FixtureCase(e.Name, check => Seed(e, check))));

    private static void Case(Fixture fixture, FixtureEntry entry, Check check)
    {
        JsonNode config = entry.Object["config"]!;
        string name = config["class_name"].Text();
        if (!KerasSerializer.Knows<Initializer>(name))
        {
            throw new UnsupportedException($"there is no initializer {name}");
        }

        check.Json("config", KerasSerializer.Serialize(KerasSerializer.Deserialize<Initializer>(config)), config);
        var shape = new Shape([.. entry.Object["shape"].Numbers().Select(n => (int)n)]);
        if (entry.Object["fan_in"] is JsonNode fanIn)
        {
            (double In, double Out) fans = VarianceScaling.Fans(shape.ToSizes());
            check.Equal("fan_in", fans.In, fanIn.Number());
            check.Equal("fan_out", fans.Out, entry.Object["fan_out"].Number());
        }

        if (fixture.Has($"{entry.Name}/value"))
        {
            Tensor expected = fixture.Array($"{entry.Name}/value");

            // Keras' configuration of Identity leaves the gain out: it can be had from the values only.
            Initializer initializer =
                name == "Identity" && expected.shape[0] > 0
                    ? new Identity(Math.Round(expected[0, 0].ToDouble(), 6))
                    : KerasSerializer.Deserialize<Initializer>(config);
            check.Close("value", initializer.Call(shape), expected, 0);
            return;
        }

        JsonNode parameter =
            entry.Object["parameter"] ?? throw new FixtureException($"The case '{entry.Name}' has neither a value nor a parameter.");
        Tensor draws = Draws(config, shape);
        switch (parameter["distribution"].Text())
        {
            case "uniform":
                double low = parameter["minval"]?.Number() ?? -parameter["limit"].Number();
                double high = parameter["maxval"]?.Number() ?? parameter["limit"].Number();
                Distribution(check, draws, (low + high) / 2, (high - low) / Math.Sqrt(12), low, high);
                break;
            case "normal":
                Distribution(
                    check,
                    draws,
                    parameter["mean"]?.Number() ?? 0,
                    parameter["stddev"].Number(),
                    double.NegativeInfinity,
                    double.PositiveInfinity
                );
                break;
            case "truncated_normal":
                double mean = parameter["mean"]?.Number() ?? 0;
                double deviation = parameter["stddev"].Number();
                Distribution(check, draws, mean, 0.87962566103423978 * deviation, mean - (2 * deviation), mean + (2 * deviation));
                break;
            case "orthogonal":
                Orthogonality(
                    check,
                    entry,
                    KerasSerializer.Deserialize<Initializer>(Seeded(config, 3)).Call(shape),
                    parameter["gain"].Number()
                );
                break;
            case string other:
                throw new FixtureException($"The case '{entry.Name}' has the unknown distribution '{other}'.");
        }

        if (entry.Object["statistics"] is JsonObject statistics)
        {
            check.Equal("count, of whole kernels", statistics["count"].Number() % (shape.ElementCount ?? 1), 0.0);
            Statistics(check, draws, statistics);
        }

        if (entry.Object.ContainsKey("fan_in"))
        {
            Fans(check, entry, [.. shape.Select(s => s ?? 1)]);
        }
    }

    // Kernels are (window..., inputs, outputs); a vector counts its elements for both.
    private static void Fans(Check check, FixtureEntry entry, int[] sizes)
    {
        double window = sizes.SkipLast(2).Aggregate(1.0, (a, b) => a * b);
        check.Equal(
            "fan_in",
            entry.Object["fan_in"].Number(),
            sizes.Length switch
            {
                0 => 1,
                1 => sizes[0],
                _ => sizes[^2] * window,
            }
        );
        check.Equal(
            "fan_out",
            entry.Object["fan_out"].Number(),
            sizes.Length switch
            {
                0 => 1,
                1 => sizes[0],
                _ => sizes[^1] * window,
            }
        );
    }

    // Draws of many seeds, as the fixture was made.
    private static Tensor Draws(JsonNode config, Shape shape)
    {
        long size = shape.ElementCount ?? 1;
        int seeds = (int)Math.Min((Count + size - 1) / size, 10_000);
        return cat([
                .. Enumerable
                    .Range(0, seeds)
                    .Select(seed => KerasSerializer.Deserialize<Initializer>(Seeded(config, seed)).Call(shape).flatten()),
            ])
            .to_type(ScalarType.Float64);
    }

    private static JsonNode Seeded(JsonNode config, int seed)
    {
        JsonNode copy = config.DeepClone();
        copy["config"]!["seed"] = seed;
        return copy;
    }

    // What the formula says: the mean within five of its standard errors, the standard deviation within 1 % (or five of its standard
    // errors), the bounds.
    private static void Distribution(Check check, Tensor draws, double mean, double deviation, double low, double high)
    {
        double count = draws.numel();
        check.Close("mean of the formula", draws.mean().ToDouble(), mean, 0, 5 * deviation / Math.Sqrt(count));
        check.Close("std of the formula", draws.std(unbiased: false).ToDouble(), deviation, Math.Max(0.01, 5 / Math.Sqrt(2 * count)));
        double margin = 1e-6 * deviation;
        check.Equal("smallest is inside", draws.min().ToDouble() >= low - margin, true);
        check.Equal("largest is inside", draws.max().ToDouble() <= high + margin, true);
    }

    private static void Statistics(Check check, Tensor draws, JsonObject statistics)
    {
        double count = statistics["count"].Number();
        double deviation = statistics["std"].Number();
        double error = 5 * deviation * (Math.Sqrt(1 / count) + Math.Sqrt(1.0 / draws.numel()));
        check.Close("mean", draws.mean().ToDouble(), statistics["mean"].Number(), 0, error);
        Tensor sorted = draws.sort().Values;

        // Where Keras drew fewer numbers, its statistics are as much less certain.
        double certainty = Math.Sqrt(Math.Max(1, Count / count));
        check.Close("std", draws.std(unbiased: false).ToDouble(), deviation, 0.01 * certainty);
        foreach ((string quantile, JsonNode? value) in statistics["quantiles"]!.AsObject())
        {
            double q = double.Parse(quantile, CultureInfo.InvariantCulture);
            double at = q * (sorted.numel() - 1);
            long below = (long)at;
            double low = sorted[below].ToDouble();
            double high = sorted[Math.Min(below + 1, sorted.numel() - 1)].ToDouble();
            check.Close($"quantile {quantile}", low + ((at - below) * (high - low)), value.Number(), 0, 0.05 * deviation * certainty);
        }
    }

    private static void Orthogonality(Check check, FixtureEntry entry, Tensor value, double gain)
    {
        Tensor matrix = value.reshape(-1, value.shape[^1]).to_type(ScalarType.Float64);
        check.EqualList("flattened", matrix.shape, entry.Object["flattened"].Numbers().Select(n => (long)n));
        Tensor gram = matrix.shape[0] >= matrix.shape[1] ? mm(matrix.t(), matrix) : mm(matrix, matrix.t());
        double squared = gain * gain;
        check.Close("Gram matrix", gram, eye(gram.shape[0], gram.shape[0], ScalarType.Float64) * squared, 2e-6);
    }

    private static void Identifier(FixtureEntry entry, Check check)
    {
        if (Refusal.Check(check, IsRefused(entry), () => Initializer.Get(entry.Key)) is Initializer initializer)
        {
            check.Equal("class", KerasSerializer.Serialize(initializer)["class_name"].Text(), entry.Object["value"].Text());
        }
    }

    private static void Seed(FixtureEntry entry, Check check)
    {
        static bool Same(Initializer a, Initializer b) => a.Call((4, 4)).Equals(b.Call((4, 4)));
        var seeded = new GlorotUniform(seed: 7);
        var unseeded = new GlorotUniform();
        bool actual = entry.Key switch
        {
            "same_instance_twice_gives_the_same" => Same(seeded, seeded),
            "no_seed_differs" => !Same(unseeded, new GlorotUniform()),
            "one_instance_without_a_seed_twice_gives_the_same" => Same(unseeded, unseeded),
            "two_instances_of_one_seed_give_the_same" => Same(seeded, new GlorotUniform(seed: 7)),
            _ => throw new UnsupportedException($"the suite does not know the property '{entry.Key}'"),
        };
        check.Equal(entry.Key, actual, entry.Node!.GetValue<bool>());
    }

    private static object Call(string what) =>
        what switch
        {
            "VarianceScaling(scale=0)" => new VarianceScaling(scale: 0),
            "VarianceScaling(mode='fan')" => new VarianceScaling(mode: "fan"),
            "VarianceScaling(distribution='gauss')" => new VarianceScaling(distribution: "gauss"),
            "Orthogonal of rank 1" => new Orthogonal().Call(5),
            "Identity of rank 3" => new Identity().Call((2, 2, 2)),
            "RandomNormal(seed='a')" => WithSeed(JsonValue.Create("a")),
            "RandomNormal(seed=1.5)" => WithSeed(JsonValue.Create(1.5)),
            "RandomNormal(stddev=-1)" => new RandomNormal(stddev: -1, seed: 1).Call(1000),
            "get('he')" => Initializer.Get("he"),
            "get(3)" => KerasSerializer.Deserialize<Initializer>(JsonValue.Create(3)),
            _ => throw new UnsupportedException($"the suite does not know the call '{what}'"),
        };

    // A seed is an int here, so that another type can come from a file only.
    private static Initializer WithSeed(JsonNode seed) =>
        KerasSerializer.Deserialize<Initializer>(
            new JsonObject
            {
                ["class_name"] = "RandomNormal",
                ["config"] = new JsonObject { ["seed"] = seed },
            }
        );

    private static bool IsRefused(FixtureEntry entry) => entry.Object["outcome"].Text() == "refused";
}
