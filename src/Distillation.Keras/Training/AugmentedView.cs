using Distillation.Keras.Layers;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// What changes each batch of a training at random: teacher and student see the same, so that the teacher is asked in each step.
/// </summary>
internal sealed class AugmentedView
{
    private readonly Layer _layer;
    private readonly FitModels _models;

    private AugmentedView(Layer layer, FitModels models)
    {
        _layer = layer;
        _models = models;
    }

    /// <summary>A fit's own copy of a layer, whose random numbers begin anew.</summary>
    /// <param name="augmentation">The layer; <see langword="null"/> gives <see langword="null"/>.</param>
    /// <param name="models">Teacher and student.</param>
    /// <param name="hasLabels">Whether there are labels.</param>
    /// <exception cref="ArgumentException">It cannot be used with these models; the message gives the rule.</exception>
    public static AugmentedView? Of(Layer? augmentation, FitModels models, bool hasLabels)
    {
        if (augmentation is null)
        {
            return null;
        }

        if (models.Teacher is { NeedsSampleIndices: true } teacher)
        {
            throw new ArgumentException(
                $"WithAugmentation changes the inputs in each step, but the teacher '{teacher.Name}' knows samples by their numbers "
                    + "alone, as they were when its answers were stored. Give a teacher that computes, or leave WithAugmentation out."
            );
        }

        IReadOnlyList<KerasTensor> inputs = models.StudentLogits.Inputs;
        if (inputs.Count != 1)
        {
            throw new ArgumentException(
                Invariant($"WithAugmentation is for models of one input, but the student has {inputs.Count}. Leave WithAugmentation out.")
            );
        }

        if (hasLabels && ChangesLabels(augmentation) is Layer mixing)
        {
            throw new ArgumentException(
                $"The augmentation of a distillation changes inputs alone, but {mixing.ClassName} '{mixing.Name}' mixes samples, so that "
                    + "their labels would be wrong. Leave y out (the teacher tells what the mixtures are), or leave the layer out."
            );
        }

        Layer layer = augmentation.CloneLayer();
        Shape shape = inputs[0].Shape;
        _ = layer.EnsureBuilt([shape], models.StudentLogits.Device);
        Shape output = layer.ComputeOutputShape(shape);
        return layer.Weights.Count > 0
                ? throw new ArgumentException(
                    Invariant(
                        $"The augmentation of a distillation has nothing to learn, but {layer.ClassName} '{layer.Name}' has "
                            + $"{layer.Weights.Count} weights. Put it into the student."
                    )
                )
            : !output.Equals(shape)
                ? throw new ArgumentException(
                    $"The augmentation of a distillation keeps the shape of its input, {shape}, but {layer.ClassName} '{layer.Name}' makes "
                        + $"{output} of it."
                )
            : new AugmentedView(layer, models);
    }

    /// <summary>The batch as teacher and student are to see it in this step, with what the teacher says of it.</summary>
    /// <param name="batch">The batch, of which the teacher was not asked.</param>
    /// <param name="context">The random numbers of the fit.</param>
    public TransferBatch Of(TransferBatch batch, CallContext context)
    {
        using IDisposable noGrad = no_grad();
        Tensor given = batch.Inputs[0];
        Tensor view = _layer.Invoke(batch.Inputs, context.WithTraining(true))[0];
        return WithTeacher(batch, view.shape.AsSpan().SequenceEqual(given.shape) ? view.to(given.dtype) : throw Other(given, view));
    }

    /// <summary>The batch as it is, with what the teacher says of it.</summary>
    public TransferBatch Plain(TransferBatch batch) => WithTeacher(batch, batch.Inputs[0]);

    /// <summary>Takes down or puts back the random numbers of layers with a seed.</summary>
    public void Exchange(StateExchange state) => _layer.Exchange(state);

    /// <summary>Frees them.</summary>
    public void Release() => _layer.ReleaseState();

    private static Layer? ChangesLabels(Layer layer) =>
        layer is BaseImagePreprocessingLayer { ChangesLabels: true }
            ? layer
            : layer.Sublayers.Select(ChangesLabels).FirstOrDefault(l => l is not null);

    private ArgumentException Other(Tensor given, Tensor view) =>
        new(
            $"The augmentation of a distillation keeps the shape of its input, {Shape.FromSizes(given.shape)}, but {_layer.ClassName} "
                + $"'{_layer.Name}' made {Shape.FromSizes(view.shape)} of it."
        );

    private TransferBatch WithTeacher(TransferBatch batch, Tensor input) => batch.With([input], _models.Ask(batch.Signals, [input], null));
}
