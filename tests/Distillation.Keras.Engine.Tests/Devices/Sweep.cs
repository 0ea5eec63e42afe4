using System.Reflection;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Devices;

/// <summary>
/// Everything that computes within a step, each once on tensors that it takes: the classes found by reflection, and settings of some that
/// compute in another way.
/// </summary>
internal static class Sweep
{
    // What is found by reflection has its default settings. These make tensors of their own that the defaults do not.
    private static readonly Dictionary<string, Func<object>> Settings = new(StringComparer.Ordinal)
    {
        ["UpSampling2D lanczos"] = () => new UpSampling2D(2, interpolation: "lanczos3"),
        ["UpSampling2D bilinear"] = () => new UpSampling2D(2, interpolation: "bilinear"),
        ["AveragePooling2D same"] = () => new AveragePooling2D(3, padding: "same"),
        ["MaxPooling1D same"] = () => new MaxPooling1D(3, padding: "same"),
        ["Conv1D causal"] = () => new Conv1D(2, 3, padding: "causal"),
        ["Conv2D same"] = () => new Conv2D(2, 3, padding: "same", strides: 2),
        ["Rescaling by channel"] = () => new Rescaling(new[] { 1.0, 2, 3 }, new[] { 0.5, 0, 0 }),
        ["Dropout seeded"] = () => new Dropout(0.5, seed: 3),
        ["Dropout seldom"] = () => new Dropout(1e-7, noise_shape: null),
        ["Dropout all"] = () => new Dropout(1.0),
        ["Dense half"] = () => new Dense(2, dtype: "mixed_bfloat16"),
        ["BinaryFocalCrossentropy balanced"] = () =>
            new Distillation.Keras.Losses.BinaryFocalCrossentropy(apply_class_balancing: true, label_smoothing: 0.1),
        ["CategoricalFocalCrossentropy by class"] = () => new CategoricalFocalCrossentropy(alpha: new FocalAlpha(0.1, 0.2, 0.3)),
        ["CategoricalCrossentropy smoothed"] = () => new Distillation.Keras.Losses.CategoricalCrossentropy(label_smoothing: 0.1),
        ["SparseCategoricalCrossentropy ignoring"] = () => new Distillation.Keras.Losses.SparseCategoricalCrossentropy(ignore_class: 1),
        ["AUC thresholds"] = () => new AUC(thresholds: [0.1, 0.7]),
        ["AUC labels"] = () => new AUC(multi_label: true, label_weights: [1, 2, 3]),
        ["AUC precision"] = () => new AUC(curve: "PR"),
        ["Precision top"] = () => new Precision(top_k: 2, class_id: 1),
        ["Recall thresholds"] = () => new Recall(thresholds: [0.2, 0.6]),
        ["Adam everything"] = () =>
            new Adam(weight_decay: 0.1, global_clipnorm: 0.1, use_ema: true, ema_overwrite_frequency: 2, amsgrad: true),
        ["SGD accumulating"] = () => new SGD(0.1, momentum: 0.9, nesterov: true, clipnorm: 0.1, gradient_accumulation_steps: 2),
        ["RMSprop centred"] = () => new RMSprop(centered: true, momentum: 0.5, clipvalue: 0.01),
        ["Lamb scaled"] = () => new Lamb(loss_scale_factor: 8),
    };

    /// <summary>The names of everything.</summary>
    public static IEnumerable<string> Names =>
        [
            .. Instances
                .Layers.Concat(Instances.Of<Loss>())
                .Concat(Instances.Of<Metric>())
                .Concat(Instances.Of<Optimizer>())
                .Concat(Instances.Of<Initializer>())
                .Concat(Instances.Of<Regularizer>())
                .Concat(Instances.Of<Constraint>())
                .Select(t => t.FullName!),
            .. Instances.Functions.Select((m, i) => $"{m.DeclaringType!.Name}.{m.Name}"),
            .. Settings.Keys,
        ];

    /// <summary>Computes one of them, forwards and, where that is possible, backwards.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="device">Where its arguments are.</param>
    /// <returns>All that it gives and changes, in the dispose scope that is open.</returns>
    public static List<Tensor> Run(string name, Device device)
    {
        // The same seeds each time.
        using IDisposable own = RandomState.Using(5);
        if (Array.Find(Instances.Functions, m => $"{m.DeclaringType!.Name}.{m.Name}" == name) is MethodInfo function)
        {
            return FirstThatFits(name, Pairs(device), pair => Function(function, pair));
        }

        object made = Settings.TryGetValue(name, out Func<object>? make)
            ? make()
            : Instances.Made(typeof(Layer).Assembly.GetType(name, throwOnError: true)!);
        return made switch
        {
            Layer layer => FirstThatFits(name, Inputs(device), x => Layer(layer, x)),
            Loss loss => FirstThatFits(name, Pairs(device), pair => Loss(loss, pair)),
            Metric metric => FirstThatFits(name, Pairs(device), pair => Metric(metric.To(device), pair)),
            Optimizer optimizer => Optimizer(optimizer, device),
            Initializer initializer => [initializer.Call(initializer is STFT ? new Shape(3, 1, 3) : new Shape(3, 3))],
            Regularizer regularizer => WithGradient(regularizer.Call, Numbers(device, 3, 3)),
            Constraint constraint => [constraint.Call(Numbers(device, 3, 3))],
            _ => throw new InvalidOperationException($"{name}: nothing is computed with it here."),
        };
    }

    // Numbers from 0.1 to 0.9, always the same.
    private static Tensor Numbers(Device device, params long[] sizes)
    {
        long count = sizes.Aggregate(1L, (a, b) => a * b);
        float[] values = [.. Enumerable.Range(0, (int)count).Select(i => 0.1f + (0.8f * ((i * 7) % 11) / 10))];
        return tensor(values, sizes, device: CPU).to(device);
    }

    private static IEnumerable<Tensor[]> Inputs(Device device)
    {
        foreach (
            long[] sizes in (long[][])
                [
                    [2, 3],
                    [2, 8, 3],
                    [2, 8, 8, 3],
                    [2, 8, 8, 8, 3],
                    [2, 3, 2],
                    [2, 2],
                    [2, 32],
                ]
        )
        {
            yield return [Numbers(device, sizes)];
            yield return [Numbers(device, sizes), Numbers(device, sizes).neg()];
        }

        // A cell's states, and strings.
        yield return [Numbers(device, 2, 2), Numbers(device, 2, 2), Numbers(device, 2, 2)];
        yield return [Strings.ToTensor(new[] { "a", "b" }).to(device)];
    }

    // Targets and predictions: rows of numbers, and classes with their probabilities.
    private static IEnumerable<(Tensor True, Tensor Predicted)> Pairs(Device device)
    {
        Tensor scores = Numbers(device, 4, 3);
        Tensor predicted = scores.div(scores.sum(-1, keepdim: true));
        yield return (
            tensor(
                    new[,]
                    {
                        { 0f, 1, 0 },
                        { 1, 0, 0 },
                        { 0, 0, 1 },
                        { 0, 1, 0 },
                    },
                    device: CPU
                )
                .to(device),
            predicted
        );
        yield return (tensor(new[] { 1L, 0, 2, 1 }, device: CPU).to(device), predicted);
        yield return (Numbers(device, 2, 4), Numbers(device, 2, 4).neg());
        yield return (Numbers(device, 4), Numbers(device, 4));
    }

    // What does not fit is refused with an ArgumentException; something must fit.
    private static List<Tensor> FirstThatFits<T>(string name, IEnumerable<T> given, Func<T, List<Tensor>> run)
    {
        Exception? last = null;
        foreach (T one in given)
        {
            try
            {
                return run(one);
            }
            catch (Exception e) when (e is (ArgumentException or NotSupportedException) && e.InnerException is null)
            {
                last = e;
            }
        }

        throw new InvalidOperationException($"{name} takes none of the tensors here; add some.", last);
    }

    private static List<Tensor> Layer(Layer layer, Tensor[] inputs)
    {
        Array.ForEach(inputs, x => x.requires_grad = true);
        List<Tensor> all = [];
        foreach (bool training in (bool[])[true, false])
        {
            LayerOutputs outputs = layer.CallAll(new LayerInputs<Tensor>(inputs).WithTraining(training));
            all.AddRange(outputs.Tensors);
            all.AddRange(Enumerable.Range(0, outputs.Tensors.Count).Select(outputs.Mask).OfType<Tensor>());
        }

        if (all[0].requires_grad)
        {
            all[0].to(ScalarType.Float32).sum().backward();
        }

        all.AddRange(layer.Weights.Select(w => w.Value));
        all.AddRange(inputs.Concat(layer.TrainableWeights.Select(w => w.Value)).Select(t => t.grad).OfType<Tensor>());
        return all;
    }

    private static List<Tensor> Loss(Loss loss, (Tensor True, Tensor Predicted) pair)
    {
        Tensor weights = Numbers(Device.Of(pair.True), pair.Predicted.shape[0]);
        return
        [
            .. WithGradient(p => loss.Call(pair.True, p), pair.Predicted),
            .. WithGradient(p => loss.Call(pair.True, p, weights, weights.gt(Numbers(Device.Of(weights), 1))), pair.Predicted),
        ];
    }

    private static List<Tensor> Metric(Metric metric, (Tensor True, Tensor Predicted) pair)
    {
        Tensor weights = Numbers(Device.Of(pair.True), pair.Predicted.shape[0]);
        if (metric is Mean or Sum)
        {
            (metric as Mean)?.UpdateState(pair.Predicted, weights);
            (metric as Sum)?.UpdateState(pair.Predicted, weights);
        }
        else
        {
            metric.UpdateState(pair.True, pair.Predicted);
            metric.UpdateState(pair.True, pair.Predicted, weights);
        }

        Tensor result = metric.Result();
        List<Tensor> all = [result, .. metric.Variables.Select(v => v.Value.clone())];
        metric.ResetState();
        return [.. all, .. metric.Variables.Select(v => v.Value)];
    }

    private static List<Tensor> Optimizer(Optimizer optimizer, Device device)
    {
        var dense = new Dense(3, kernel_constraint: new MaxNorm(0.5), bias_initializer: "ones");
        dense.Call(Numbers(device, 2, 4));
        for (int step = 0; step < 3; step++)
        {
            optimizer.Apply([.. dense.Weights.Select(w => Numbers(device, w.Value.shape))], dense.Weights);
        }

        optimizer.FinalizeVariableValues(dense.Weights);
        return [.. dense.Weights.Concat(optimizer.Variables.Where(v => v.Shape.Rank > 0)).Select(v => v.Value)];
    }

    private static List<Tensor> Function(MethodInfo function, (Tensor True, Tensor Predicted) pair)
    {
        Tensor[] tensors = function.DeclaringType == typeof(Activations) ? [pair.Predicted] : [pair.True, pair.Predicted];
        int next = 0;
        object?[] arguments =
        [
            .. function
                .GetParameters()
                .Select(p => p.ParameterType == typeof(Tensor) && next < tensors.Length ? tensors[next++] : Instances.Argument(p)),
        ];
        return [(Tensor)function.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!];
    }

    private static List<Tensor> WithGradient(Func<Tensor, Tensor> function, Tensor x)
    {
        Tensor leaf = x.detach();
        leaf.requires_grad = true;
        Tensor value = function(leaf);
        if (value.requires_grad)
        {
            value.sum().backward();
        }

        return leaf.grad is Tensor gradient ? [value, gradient] : [value];
    }
}
