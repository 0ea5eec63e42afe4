using System.Text.Json.Nodes;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Conformance;

/// <summary>
/// The calls in <c>errors</c> of the optimizers' fixture. What C#'s types do not let one write comes from a configuration.
/// </summary>
internal static class OptimizerCalls
{
    private static readonly Dictionary<string, Func<JsonNode?>> Calls = new()
    {
        ["SGD(momentum=1.5)"] = () => new SGD(momentum: 1.5).Name,
        ["SGD(momentum=1) (an int)"] = () => new SGD(momentum: 1).Name,
        ["SGD(learning_rate=1) (an int)"] = () => new SGD(1).Name,
        ["SGD(learning_rate='0.1')"] = () => From("SGD", """{"learning_rate": "0.1"}"""),
        ["SGD(-0.1)"] = () => new SGD(-0.1).Name,
        ["Adam(decay=0.1)"] = () => From("Adam", """{"decay": 0.1}"""),
        ["Adam(lr=0.1)"] = () => From("Adam", """{"lr": 0.1}"""),
        ["clipnorm and clipvalue"] = () => new SGD(clipnorm: 1.0, clipvalue: 1.0).Name,
        ["gradient_accumulation_steps=1"] = () => new SGD(gradient_accumulation_steps: 1).Name,
        ["gradient_accumulation_steps=0"] = () => new SGD(gradient_accumulation_steps: 0).Name,
        ["use_ema, ema_momentum=1.5"] = () => new SGD(use_ema: true, ema_momentum: 1.5).Name,
        ["use_ema, ema_overwrite_frequency=0"] = () => new SGD(use_ema: true, ema_overwrite_frequency: 0).Name,
        ["use_ema, ema_overwrite_frequency=1.5"] = () => From("SGD", """{"use_ema": true, "ema_overwrite_frequency": 1.5}"""),
        ["AdamW(weight_decay=None)"] = () => From("AdamW", """{"weight_decay": null}"""),
        ["Adagrad(initial_accumulator_value=-1)"] = () => From("Adagrad", """{"initial_accumulator_value": -1.0}"""),
        ["Ftrl(initial_accumulator_value=-1)"] = () => From("Ftrl", """{"initial_accumulator_value": -1.0}"""),
        ["Ftrl(learning_rate_power=1)"] = () => From("Ftrl", """{"learning_rate_power": 1.0}"""),
        ["Lion(beta_1=0)"] = () => From("Lion", """{"beta_1": 0.0}"""),
        ["get('sgdm')"] = () => Optimizer.Get("sgdm").Name,
        ["get(None)"] = () => Optimizer.Get(null)?.Name,
        ["get('ADAM')"] = () => Optimizer.Get("ADAM").GetType().Name,
    };

    /// <summary>The call that a fixture describes.</summary>
    /// <exception cref="UnsupportedException">It is not in the table.</exception>
    public static Func<JsonNode?> Find(string what) =>
        Calls.TryGetValue(what, out Func<JsonNode?>? call)
            ? call
            : throw new UnsupportedException($"the runner does not know the call '{what}'");

    private static JsonValue From(string className, string config)
    {
        var node = new JsonObject
        {
            ["module"] = "keras.optimizers",
            ["class_name"] = className,
            ["config"] = JsonNode.Parse(config),
        };
        Classes.Require(node);
        return JsonValue.Create(KerasSerializer.Deserialize<Optimizer>(node).Name);
    }
}
