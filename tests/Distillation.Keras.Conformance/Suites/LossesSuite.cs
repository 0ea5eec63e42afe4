using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Losses: values and gradients under every reduction and weighting, configurations, functions, identifiers and refusals.
/// </summary>
public sealed class LossesSuite : ISuite
{
    // Keras in float32 differs from itself in float64 by up to 1.3e-6 of the largest entry, its backends from each other by up to 1.5e-6.
    private const double Tolerance = 3e-6;

    // The values of these are -1 or 1, whose mean may be 0, and the exact gradient is 0: only an absolute tolerance makes sense.
    private static readonly string[] SignsOnly = ["cosine_column", "cosine_rank1_target", "cosine_target_column_pred_rank1"];

    /// <inheritdoc/>
    public string File => "losses";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(
            e.Name,
            e.Extra switch
            {
                "errors" => check => LossesErrors.Run(fixture, check, e.Object),
                "identifiers" => check => Identifier(check, e.Key, e.Object),
                "functional" => check => Functional(fixture, check, e.Object),
                "square_weight" => check => SquareWeight(fixture, check, e.Object),
                _ => check => Run(fixture, check, e.Object),
            }
        ));

    /// <summary>A loss of Keras' class name and arguments.</summary>
    /// <exception cref="UnsupportedException">The library does not have the class.</exception>
    internal static Loss Make(string className, JsonObject? kwargs = null, string? reduction = null)
    {
        Require(className);
        var config = (JsonObject)(kwargs?.DeepClone() ?? new JsonObject());
        if (reduction is not null)
        {
            config["reduction"] = reduction;
        }

        return KerasSerializer.Deserialize<Loss>(
            new JsonObject
            {
                ["module"] = "keras.losses",
                ["class_name"] = className,
                ["config"] = config,
            }
        );
    }

    private static void Require(string className)
    {
        if (!Classes.Has("keras.losses", className))
        {
            throw new UnsupportedException($"the library has no keras.losses.{className}");
        }
    }

    private static void Run(Fixture fixture, Check check, JsonObject entry)
    {
        string name = entry["name"].Text();
        string className = entry["loss"].Text();
        var kwargs = (JsonObject)entry["kwargs"]!;
        string? via = entry["via"]?.Text();
        Require(className);
        if (via is not null)
        {
            Classes.RequireActivation(via);
        }

        check.Json("config", KerasSerializer.Serialize(KerasSerializer.Deserialize<Loss>(entry["config"]!)), entry["config"]);

        // The values below are those of the arguments, so that the configuration must be theirs too.
        check.Json(
            "config of the arguments",
            Classes.WithoutUnwritten(KerasSerializer.Serialize(Make(className, kwargs)), kwargs, entry["config"]!),
            entry["config"]
        );
        check.Equal("loss", className, entry["config"]!["class_name"].Text());
        Tensor target = fixture.Array($"{name}/y_true");
        Tensor input = fixture.Array(via is null ? $"{name}/y_pred" : $"{name}/logits");
        Tensor? mask = fixture.Has($"{name}/mask") ? fixture.Array($"{name}/mask") : null;
        Tensor perRow = Make(className, kwargs, "none").Call(target, Predict(input, via));
        check.EqualList("per_shape", perRow.shape, entry["per_shape"].Numbers().Select(n => (long)n));
        double absolute = Array.Exists(SignsOnly, z => z == name) ? 2e-6 : 0;
        foreach (JsonNode? pair in (JsonArray)entry["results"]!)
        {
            string reduction = pair![0].Text();
            string weighting = pair[1].Text();
            Tensor leaf = input.clone().requires_grad_();
            Tensor? weight = weighting == "none" ? null : fixture.Array($"{name}/{weighting}");
            Tensor value = Make(className, kwargs, reduction).Call(target, Predict(leaf, via), weight, mask);
            Tensor objective = value.dim() == 0 ? value : (value * fixture.Array($"{name}/cotangent")).sum();
            objective.backward();
            check.Close(
                $"value|{reduction}|{weighting}",
                value,
                fixture.Array($"{name}/value|{reduction}|{weighting}"),
                Tolerance,
                absolute
            );
            check.Close(
                $"grad|{reduction}|{weighting}",
                Gradient(leaf),
                fixture.Array($"{name}/grad|{reduction}|{weighting}"),
                Tolerance,
                absolute
            );
        }
    }

    private static Tensor Predict(Tensor input, string? via) => via is null ? input : ActivationFunction.Get(via).Apply(input);

    private static Tensor Gradient(Tensor leaf) => leaf.grad is { IsInvalid: false } gradient ? gradient : zeros_like(leaf);

    private static void Functional(Fixture fixture, Check check, JsonObject entry)
    {
        string name = entry["name"].Text();
        var kwargs = (JsonObject)entry["kwargs"]!;
        Func<Tensor, Tensor, Tensor> function = entry["function"].Text() switch
        {
            "binary_crossentropy" => static (y, p) => LossFunctions.BinaryCrossentropy(y, p),
            "binary_focal_crossentropy" => static (y, p) => LossFunctions.BinaryFocalCrossentropy(y, p),
            "categorical_crossentropy" => static (y, p) => LossFunctions.CategoricalCrossentropy(y, p),
            "categorical_focal_crossentropy" => static (y, p) => LossFunctions.CategoricalFocalCrossentropy(y, p),
            "categorical_hinge" => LossFunctions.CategoricalHinge,
            "circle" => static (y, p) => LossFunctions.Circle(y, p),
            "cosine_similarity" => static (y, p) => LossFunctions.CosineSimilarity(y, p),
            "dice" => static (y, p) => LossFunctions.Dice(y, p),
            "hinge" => LossFunctions.Hinge,
            "huber" => static (y, p) => LossFunctions.Huber(y, p),
            "kl_divergence" => LossFunctions.KlDivergence,
            "log_cosh" => LossFunctions.LogCosh,
            "mean_absolute_error" => LossFunctions.MeanAbsoluteError,
            "mean_absolute_percentage_error" => LossFunctions.MeanAbsolutePercentageError,
            "mean_squared_error" => LossFunctions.MeanSquaredError,
            "mean_squared_logarithmic_error" => LossFunctions.MeanSquaredLogarithmicError,
            "poisson" => LossFunctions.Poisson,
            "sparse_categorical_crossentropy" => static (y, p) => LossFunctions.SparseCategoricalCrossentropy(y, p),
            "squared_hinge" => LossFunctions.SquaredHinge,
            "tversky" => static (y, p) => LossFunctions.Tversky(y, p),
            string other => throw new UnsupportedException($"the library has no function keras.losses.{other}"),
        };
        if (kwargs.Count > 0)
        {
            throw new FixtureException($"{name} has arguments that the suite does not hand over: {kwargs.ToJsonString()}.");
        }

        Tensor leaf = fixture.Array($"{name}/y_pred").requires_grad_();
        Tensor value = function(fixture.Array($"{name}/y_true"), leaf);
        value.sum().backward();
        check.Close("value", value, fixture.Array($"{name}/value"), Tolerance);
        check.Close("grad", Gradient(leaf), fixture.Array($"{name}/grad"), Tolerance);
    }

    private static void SquareWeight(Fixture fixture, Check check, JsonObject entry)
    {
        Loss loss = Make(entry["loss"].Text(), (JsonObject)entry["kwargs"]!);
        Tensor leaf = fixture.Array("square_weight/y_pred").requires_grad_();
        Tensor value = loss.Call(fixture.Array("square_weight/y_true"), leaf, fixture.Array("square_weight/weight"));
        value.sum().backward();
        check.Close("value", value, fixture.Array("square_weight/value"), Tolerance);
        check.Close("grad", Gradient(leaf), fixture.Array("square_weight/grad"), Tolerance);
    }

    // A function's name makes the loss object that carries this name, as Compile does.
    private static void Identifier(Check check, string identifier, JsonObject entry)
    {
        string name = entry["name"].Text();
        switch (entry["kind"].Text())
        {
            case "class":
                if (name == "Loss")
                {
                    check.Known("Loss is abstract here: an instance of it could compute nothing");
                    return;
                }

                Require(name);
                Loss loss = Loss.Get(identifier);
                check.Equal("class", KerasSerializer.Serialize(loss)["class_name"].Text(), name);
                check.Equal("name", loss.Name, entry["instance_name"].Text());
                check.Equal("reduction", loss.Reduction, entry["reduction"].Text());
                break;
            case "function":
                Require(ClassOf(name));
                Loss made = Loss.Get(identifier);
                check.Equal("name", made.Name, name);
                check.Equal("class", KerasSerializer.Serialize(made)["class_name"].Text(), ClassOf(name));
                break;
            case "error":
                // In the fixture's words, such an entry is refused.
                Attempt.Make(
                    check,
                    new JsonObject
                    {
                        ["outcome"] = "refused",
                        ["error"] = name,
                        ["message"] = entry["message"].Text(),
                    },
                    () => Loss.Get(identifier).Name
                );
                break;
            case string other:
                throw new FixtureException($"An identifier is of a class, a function or an error, but '{identifier}' is of a {other}.");
        }
    }

    private static string ClassOf(string function) =>
        function switch
        {
            "kl_divergence" => "KLDivergence",
            "ctc" => "CTC",
            _ => string.Concat(function.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..])),
        };
}
