using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// What a step of a model may use: the forward pass, the compiled loss and metrics, the optimizer, and the numbers that are reported.
/// </summary>
/// <remarks>
/// Belongs to one step; not thread-safe. The step runs in a dispose scope of its own, training with the recording of gradients and testing
/// without. Source: the parts of
/// <c>train_step</c> in <c>keras/src/backend/torch/trainer.py</c>.
/// </remarks>
public sealed class StepContext
{
    private readonly SupervisedProgram _program;
    private readonly List<Tensor> _left = [];
    private LayerOutputs? _outputs;

    internal StepContext(SupervisedProgram program, CallContext call)
    {
        _program = program;
        Call = call;
    }

    /// <summary>The mode and the random numbers of the step.</summary>
    public CallContext Call { get; }

    /// <summary>Whether the step trains.</summary>
    public bool Training => Call.Training;

    /// <summary>
    /// What is added to the compiled loss, as scalars with gradients: the penalties of what layers computed in the last
    /// <see cref="Forward"/> (<see cref="Layer.ActivityRegularizer"/>), and those of the weights. For a loss of one's own;
    /// <see cref="CompiledLoss"/> has them.
    /// </summary>
    public IReadOnlyList<Tensor> Losses => _program.Penalties(_left);

    /// <summary>Computes the model on the batch's inputs.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>The outputs in order. Their masks go into <see cref="CompiledLoss"/> and <see cref="UpdateMetrics"/>.</returns>
    public IReadOnlyList<Tensor> Forward(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _left.Clear();
        _outputs = _program.Model.Invoke(new LayerInputs<Tensor>(batch.Inputs), Call.WithLosses(_left));
        return _outputs.Tensors;
    }

    /// <summary>The loss that <c>Compile</c> was given, over all outputs, with <see cref="Losses"/>: a scalar.</summary>
    /// <param name="batch">The batch, with targets and weights.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <exception cref="InvalidOperationException">The model was compiled without a loss.</exception>
    public Tensor CompiledLoss(Batch batch, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        return _program.Loss(batch, outputs, MaskOf(outputs), _left);
    }

    /// <summary>Changes the trained weights along the gradients of a loss.</summary>
    /// <param name="loss">A scalar, computed with the recording of gradients.</param>
    /// <exception cref="InvalidOperationException">The step does not train, or the loss has a gradient for none of the weights.</exception>
    public void Minimize(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        RefuseTesting();
        _program.Change(loss);
    }

    /// <summary>
    /// Changes some weights along the gradients of a loss by an optimizer of one's own, as two models that learn from each other need.
    /// </summary>
    /// <remarks>
    /// For a fit that is cancelled and goes on, the model hands the optimizer's state on:
    /// <see cref="Layer.ExchangeState"/>, <see cref="Optimizers.Optimizer.ExchangeState"/>.
    /// </remarks>
    /// <param name="loss">A scalar, computed with the recording of gradients.</param>
    /// <param name="optimizer">The optimizer of these weights.</param>
    /// <param name="variables">The weights, always the same for an optimizer.</param>
    /// <exception cref="InvalidOperationException">The step does not train, or the loss has a gradient for none of the weights.</exception>
    public void Minimize(Tensor loss, Optimizer optimizer, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(variables);
        if (variables.Any(v => v is null))
        {
            throw new ArgumentException("One of the weights is null.", nameof(variables));
        }

        RefuseTesting();
        _program.Change(loss, optimizer, variables);
    }

    /// <summary>Takes the batch into the metrics that <c>Compile</c> was given.</summary>
    /// <param name="batch">The batch, with targets and weights.</param>
    /// <param name="outputs">The model's outputs.</param>
    public void UpdateMetrics(Batch batch, IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        using IDisposable noGrad = no_grad();
        _program.UpdateMetrics(batch, outputs, MaskOf(outputs));
    }

    /// <summary>
    /// Reports a number, whose mean over the samples of an epoch stands under that name in the logs: <c>"loss"</c>, <c>"kl_loss"</c>.
    /// </summary>
    /// <param name="batch">The batch that it is of.</param>
    /// <param name="name">The name in the logs.</param>
    /// <param name="value">A scalar.</param>
    /// <exception cref="ArgumentException">It is no scalar, or the name is one of the compiled metrics or losses.</exception>
    public void Report(Batch batch, string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (value.dim() != 0)
        {
            throw new ArgumentException(
                $"A step reports scalars, but '{name}' has the shape {Shape.FromSizes(value.shape)}. Reduce it, as by mean().",
                nameof(value)
            );
        }

        using IDisposable noGrad = no_grad();
        _program.Report(name, value, batch.Size);
    }

    // Masks are those of what Forward gave; a step of one's own may go on with other outputs.
    private Func<int, Tensor?> MaskOf(IReadOnlyList<Tensor> outputs) =>
        ReferenceEquals(outputs, _outputs?.Tensors) ? _outputs.Mask : static _ => null;

    private void RefuseTesting()
    {
        if (!Training)
        {
            throw new InvalidOperationException(
                $"An evaluation changes no weights, but Minimize was called in TestStep of '{_program.Model.Name}'. Call it in "
                    + "TrainStep alone."
            );
        }
    }
}
