using System.Text.Json.Nodes;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>One case of the distillation fixtures. Tolerances are those of the fixtures' README.</summary>
internal sealed class DistillationCase
{
    private readonly Fixture _fixture;
    private readonly JsonObject _json;

    public DistillationCase(Fixture fixture, FixtureEntry entry, Check check)
    {
        _fixture = fixture;
        _json = entry.Object;
        Name = entry.Key;
        Check = check;
    }

    /// <summary>The case's name.</summary>
    public string Name { get; }

    /// <summary>Where differences go.</summary>
    public Check Check { get; }

    /// <summary>The fixture's name of the objective.</summary>
    public string Objective => _json["objective"].Text();

    /// <summary>The names of the inputs.</summary>
    public IReadOnlyList<string> InputNames => [.. _json["inputs"]!.AsArray().Select(n => n.Text())];

    /// <summary>The names of what is expected beside gradients: scalars and arrays.</summary>
    public IReadOnlyList<string> OutputNames =>
        [
            .. ((JsonObject)_json["scalars"]!).Select(s => s.Key),
            .. _json["arrays"]!.AsArray().Select(n => n.Text()).Where(n => !Gradients.Contains(n)),
        ];

    private IReadOnlyList<string> Gradients => [.. _json["gradients"]!.AsArray().Select(n => n.Text())];

    private double LargestTemperature =>
        _json["hyper"]!["T"] is JsonValue t ? Math.Max(1, t.Number())
        : _json["hyper"]!["tau"] is JsonValue tau ? Math.Max(1, tau.Number())
        : 1;

    /// <summary>Whether there is such a hyper-parameter.</summary>
    public bool HasHyper(string name) => _json["hyper"]![name] is not null;

    /// <summary>A hyper-parameter that is a number.</summary>
    public double Hyper(string name) => _json["hyper"]![name].Number();

    /// <summary>A hyper-parameter that is a string.</summary>
    public string HyperText(string name) => _json["hyper"]![name].Text();

    /// <summary>Whether the value has the factor T², which is the rule where a case says nothing.</summary>
    public bool IsScaled =>
        !HasHyper("scale")
        || HyperText("scale") switch
        {
            "t2" => true,
            "raw" => false,
            string other => throw new FixtureException($"There is no scale '{other}'."),
        };

    /// <summary>
    /// The formula, as the fixtures have it: cases of one objective without a hyper-parameter for it are told apart by it.
    /// </summary>
    public string Formula => _json["formula"].Text();

    /// <summary>What is summed and averaged, as the fixtures say it.</summary>
    public string Reduction => _json["reduction"].Text();

    /// <summary>An array of the case as it is.</summary>
    public Tensor Array(string name) => _fixture.Array($"{Name}/{name}");

    /// <summary>
    /// Computes the case in float64 and in float32 and compares all that the fixture has: each output by its name (<c>expected</c> is the
    /// loss), and the gradient of <c>expected</c> with respect to each input that has one, unless it is among the outputs (a gradient of
    /// something else, such as <c>keras_grad</c>).
    /// </summary>
    /// <param name="compute">Gives the outputs by name.</param>
    /// <param name="absolute">In float32 the absolute tolerance instead of the README's rule, where its rule for that case is one.</param>
    public void Run(Func<DistillationInputs, Dictionary<string, Tensor>> compute, double? absolute = null)
    {
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            using DisposeScope scope = NewDisposeScope();
            Run(type, compute, absolute);
        }
    }

    /// <summary>Computes the case in one type.</summary>
    public void Run(ScalarType type, Func<DistillationInputs, Dictionary<string, Tensor>> compute, double? absolute = null)
    {
        var tensors = InputNames.ToDictionary(n => n, n => Input(n, type));
        var inputs = new DistillationInputs(type, tensors);
        Dictionary<string, Tensor> outputs = compute(inputs);
        string run = type == ScalarType.Float64 ? "float64" : "float32";
        foreach (string name in OutputNames)
        {
            if (!outputs.TryGetValue(name, out Tensor? output))
            {
                Check.Differ(name, "not computed");
                continue;
            }

            Close($"{run} {name}", output, Array(name), type, isGradient: false, absolute);
        }

        if (Gradients.Count == 0)
        {
            return;
        }

        outputs["expected"].backward();
        foreach (string gradient in Gradients)
        {
            if (outputs.TryGetValue(gradient, out Tensor? given))
            {
                Close($"{run} {gradient}", given, Array(gradient), type, isGradient: true, absolute);
                continue;
            }

            string name = gradient["grad_".Length..];
            Tensor found = inputs.Leaf(name).grad ?? throw new InvalidOperationException($"No gradient flows into '{name}'.");
            Close($"{run} {gradient}", found, Array(gradient), type, isGradient: true, absolute);
        }
    }

    /// <summary>The JSON repeats numbers of the arrays: both are what was compared.</summary>
    public void CompareNumbers()
    {
        foreach ((string name, JsonNode? number) in (JsonObject)_json["scalars"]!)
        {
            Check.Close($"{name} of the JSON", number.Number(), Array(name).to(ScalarType.Float64).item<double>(), 1e-12);
        }

        if (_json["expected"] is JsonNode expected)
        {
            Check.Close("expected of the JSON", expected.Number(), Array("expected").to(ScalarType.Float64).item<double>(), 1e-12);
        }
    }

    /// <summary>Binds an objective to the shapes of signals.</summary>
    public static ObjectiveTerm Bind(
        DistillationObjective objective,
        ObjectiveSignals signals,
        DTypePolicy dtype,
        int classes = 2,
        long samples = 1
    )
    {
        FeatureShapes[] features =
        [
            .. objective.Features.Select(
                (f, i) => new FeatureShapes(f, Batch(signals.TeacherFeatures[i]), Batch(signals.StudentFeatures[i]))
            ),
        ];
        return new ObjectiveTerm(objective, objective.Name, 1, new ObjectiveShapes(classes, false, features, samples), dtype);
    }

    /// <summary>The value of an objective without state: what a fit without sample weights would add to the loss.</summary>
    public static Tensor Value(DistillationObjective objective, ObjectiveSignals signals, DTypePolicy dtype) =>
        Value(Bind(objective, signals, dtype), signals);

    /// <summary>The value of a bound objective.</summary>
    public static Tensor Value(ObjectiveTerm term, ObjectiveSignals signals)
    {
        Tensor value = term.Compute(signals, 0, 1);
        return value.dim() == 1 ? RowWeights.None.Reduce(value, null) : value;
    }

    /// <summary>Compares one tensor by the README's rules.</summary>
    public void Close(string where, Tensor actual, Tensor expected, ScalarType type, bool isGradient, double? absolute = null)
    {
        double largest = expected.numel() == 0 ? 0 : expected.to(ScalarType.Float64).abs().max().item<double>();
        double squared = LargestTemperature * LargestTemperature;
        if (type == ScalarType.Float64)
        {
            // Where the exact result is zero, or of the size of an epsilon in the formula, what was computed of it in float64 is not.
            double zero = 1e-12 * squared;
            bool isZero =
                largest <= zero
                || Name.Contains("identical", StringComparison.Ordinal)
                || Name.Contains("uniform", StringComparison.Ordinal);
            Check.Close(where, actual, expected, largest <= zero ? 0 : 1e-9, isZero ? zero : 0);
        }
        else if (absolute is double given)
        {
            Check.Close(where, actual, expected, 0, given);
        }
        else if (isGradient)
        {
            Check.Close(where, actual, expected, 1e-5, 1e-6);
        }
        else
        {
            Check.Close(where, actual, expected, 0, (1e-5 * Math.Max(1, largest)) + (1e-7 * squared));
        }
    }

    private static Shape Batch(Tensor feature) => Shape.FromSizes(feature.shape).With(0, null);

    private Tensor Input(string name, ScalarType type)
    {
        Tensor array = Array(name);
        if (!array.is_floating_point())
        {
            return array.to(ScalarType.Int64);
        }

        Tensor leaf = array.to(type).clone();
        return Gradients.Contains("grad_" + name) ? leaf.requires_grad_() : leaf;
    }
}
