using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Training;

/// <summary>What <c>Compile</c> was given. Strings that depend on shapes are resolved when the first targets are seen.</summary>
internal sealed record Compilation(
    Optimizer Optimizer,
    LossSpec? Loss,
    LossWeights? LossWeights,
    MetricList? Metrics,
    MetricList? WeightedMetrics,
    int StepsPerExecution
)
{
    /// <summary>How many steps are made before callbacks hear of them.</summary>
    public int StepsPerExecution { get; } = Arguments.AtLeast(1, StepsPerExecution, "steps_per_execution");

    /// <summary>Keras' <c>run_eagerly</c>, which changes nothing here: it goes on in files.</summary>
    public bool RunsEagerly { get; init; }

    /// <summary>Keras' <c>jit_compile</c>, which changes nothing here: it goes on in files.</summary>
    public bool IsJitCompiled { get; init; }

    // What Keras puts into another one itself when it reads the configuration.
    private Optimizer? Unscaled { get; init; }

    /// <summary>The same with an optimizer that scales the loss, where the model computes in <c>mixed_float16</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isWrittenAsGiven">
    /// Whether the optimizer is written as it was given. Keras scales the loss by itself where the policy of the model asks for it, not
    /// where those of layers do: there the scaling is written, too, without which Keras has no place for its state.
    /// </param>
    public Compilation ScaledFor(Model model, bool isWrittenAsGiven)
    {
        Optimizer scaled = LossScaling.For(model, Optimizer);
        return ReferenceEquals(scaled, Optimizer)
            ? this
            : this with
            {
                Optimizer = scaled,
                Unscaled = isWrittenAsGiven || LossScaling.IsMixed(model.Dtype) ? Optimizer : null,
            };
    }

    /// <summary>One loss for each output (<see langword="null"/>: none), for targets of these shapes.</summary>
    /// <exception cref="ArgumentException">The number or the names of the losses do not fit.</exception>
    public Loss?[] Losses(Model model, IReadOnlyList<Shape> targets)
    {
        if (Loss is null)
        {
            throw new InvalidOperationException(
                $"'{model.Name}' was compiled without a loss, so there is nothing to compute. Call Compile(..., loss: ...)."
            );
        }

        object?[] items = Loss.IsList
            ? ByOutput(model, Loss.Items, Loss.Names, "loss")
            : [.. model.Signature.Outputs.Select(_ => Loss.Items[0])];
        return
        [
            .. items.Select(
                (item, i) =>
                    item switch
                    {
                        null => null,
                        Loss loss => loss,
                        string name => LossResolver.Resolve(name, targets[i], model.Signature.Outputs[i].Shape),
                        _ => throw new InvalidOperationException(),
                    }
            ),
        ];
    }

    /// <summary>The weight of each output's loss.</summary>
    public double[] Weights(Model model)
    {
        if (LossWeights is null)
        {
            return [.. model.Signature.Outputs.Select(_ => 1.0)];
        }

        return
        [
            .. ByOutput(model, [.. LossWeights.Values.Cast<object?>()], LossWeights.Names, "loss_weights")
                .Select(w => w is double d ? d : 1.0),
        ];
    }

    /// <summary>
    /// Refuses outputs that were made for other losses or metrics than these. What does not fit the outputs in number or name is refused
    /// when training starts.
    /// </summary>
    /// <exception cref="ArgumentException">There is such an output.</exception>
    public void CheckOutputs(Model model)
    {
        if (!model.HasGraph)
        {
            return;
        }

        if (Loss is not null && (!Loss.IsList || Fits(Loss.Items.Length, Loss.Names)))
        {
            Each(
                Loss.IsList ? ByOutput(model, Loss.Items, Loss.Names, "loss") : [.. model.Signature.Outputs.Select(_ => Loss.Items[0])],
                (item, output) => (item as Loss)?.ValidateOutput(output)
            );
        }

        foreach (MetricList? list in (MetricList?[])[Metrics, WeightedMetrics])
        {
            bool flat = list is not null && IsFlat(list);
            if (list is not null && (flat ? model.Signature.Outputs.Count == 1 : Fits(list.Groups.Length, list.Names)))
            {
                Each([.. GroupsOf(model, list, "metrics")], (metrics, output) => metrics.ToList().ForEach(m => m.ValidateOutput(output)));
            }
        }

        bool Fits(int count, string[]? names) =>
            names is null ? count == model.Signature.Outputs.Count : !names.Except(model.Signature.OutputNames).Any();

        void Each<T>(T[] items, Action<T, KerasTensor> check)
        {
            for (int i = 0; i < items.Length; i++)
            {
                check(items[i], model.Outputs[i]);
            }
        }
    }

    /// <summary>The metrics of each output, resolved for targets of these shapes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="list">What was given.</param>
    /// <param name="targets">The targets' shapes.</param>
    /// <param name="labels">
    /// How many of the first columns of each output are labels (see <see cref="Losses.Loss.LabelColumns"/>); <see langword="null"/>: all.
    /// </param>
    /// <param name="argument">The argument's name, for messages.</param>
    public static Metric[][] Resolve(
        Model model,
        MetricList? list,
        IReadOnlyList<Shape> targets,
        IReadOnlyList<int?> labels,
        string argument
    )
    {
        if (list is null || list.Groups.Length == 0)
        {
            return [.. model.Signature.Outputs.Select(_ => Array.Empty<Metric>())];
        }

        if (IsFlat(list) && model.Signature.Outputs.Count > 1 && list.Groups.Length != model.Signature.Outputs.Count)
        {
            throw new ArgumentException(
                $"'{model.Name}' has {model.Signature.Outputs.Count} outputs, so {argument} is a list with one list for each output, or "
                    + $"a dictionary by the outputs' names ({string.Join(", ", model.Signature.OutputNames)}), but got "
                    + $"{list.Groups.Length} metrics.",
                argument
            );
        }

        var made = new List<Metric>();
        try
        {
            return
            [
                .. GroupsOf(model, list, argument)
                    .Select(
                        (g, i) =>
                            g.Select(m =>
                                    Made(MetricResolver.Resolve(m, Labels(targets[i], i), Labels(model.Signature.Outputs[i].Shape, i)))
                                )
                                .ToArray()
                    ),
            ];
        }
        catch
        {
            made.ForEach(m => m.Release());
            throw;
        }

        Shape Labels(Shape shape, int output) => labels[output] is int columns ? shape.With(shape.Rank - 1, columns) : shape;

        Metric Made(Metric metric)
        {
            made.Add(metric);
            return metric;
        }
    }

    /// <summary>The arguments as Keras writes them into a model's JSON.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["optimizer"] = KerasSerializer.Serialize(Unscaled ?? Optimizer),
            ["loss"] = Loss is null
                ? null
                : Written(
                    Loss.Items,
                    Loss.IsList,
                    Loss.Names,
                    l => l is Loss loss ? KerasSerializer.Serialize(loss) : JsonValue.Create(l as string)
                ),
            ["loss_weights"] = LossWeights is null
                ? null
                : Written([.. LossWeights.Values.Cast<object?>()], true, LossWeights.Names, w => ConfigWriter.Real((double)w!)),
            ["metrics"] = Written(Metrics),
            ["weighted_metrics"] = Written(WeightedMetrics),
            ["run_eagerly"] = RunsEagerly,
            ["steps_per_execution"] = StepsPerExecution,
            ["jit_compile"] = IsJitCompiled,
        };

    private static bool IsFlat(MetricList list) => list.Names is null && !Array.Exists(list.Groups, g => g.IsList);

    private static IEnumerable<Metric>[] GroupsOf(Model model, MetricList list, string argument) =>
        IsFlat(list) && model.Signature.Outputs.Count == 1
            ? [list.Groups.SelectMany(g => g)]
            : [.. ByOutput(model, list.Groups, list.Names, argument).Select(g => (IEnumerable<Metric>?)(g as MetricGroup) ?? [])];

    private static JsonNode? Written(MetricList? list) =>
        list is null
            ? null
            : Written(
                list.Groups,
                true,
                list.Names,
                g =>
                {
                    if (ReferenceEquals(g, MetricGroup.None))
                    {
                        return null;
                    }

                    JsonNode?[] metrics =
                    [
                        .. ((MetricGroup)g!).Select(m =>
                            m.Identifier is string name
                                ? JsonValue.Create(name)
                                : (JsonNode)KerasSerializer.Serialize((KerasObject?)(m as MeanMetricWrapper)?.OfLoss ?? m)
                        ),
                    ];
                    return ((MetricGroup)g!).IsList ? new JsonArray(metrics) : metrics[0];
                }
            );

    private static JsonNode? Written(object?[] items, bool isList, string[]? names, Func<object?, JsonNode?> write) =>
        names is not null ? new JsonObject(names.Select((n, i) => KeyValuePair.Create(n, write(items[i]))))
        : isList ? new JsonArray([.. items.Select(write)])
        : write(items[0]);

    private static object?[] ByOutput(Model model, object?[] items, string[]? names, string argument)
    {
        IReadOnlyList<string> outputs = model.Signature.OutputNames;
        if (names is null)
        {
            return items.Length == outputs.Count
                ? items
                : throw new ArgumentException(
                    $"'{model.Name}' has {outputs.Count} outputs ({string.Join(", ", outputs)}), but {argument} has "
                        + $"{items.Length} entries.",
                    argument
                );
        }

        string[] unknown = [.. names.Except(outputs)];
        return unknown.Length == 0
            ? [.. outputs.Select(o => Array.IndexOf(names, o) is var i && i >= 0 ? items[i] : null)]
            : throw new ArgumentException(
                $"{argument} names {string.Join(", ", unknown.Select(u => $"'{u}'"))}, but the outputs of '{model.Name}' are "
                    + $"{string.Join(", ", outputs)}.",
                argument
            );
    }
}
