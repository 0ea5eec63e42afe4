using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// What a fit or an evaluation does with each batch: the whole step (loss, gradients, update) and the numbers to report. Epochs, order and
/// callbacks are
/// <see cref="TrainingLoop"/>'s, which knows nothing of what is in a step.
/// </summary>
internal abstract class TrainingProgram : ICallbackHost
{
    private Tensor[]? _values;

    /// <summary>Notes where the steps are computed.</summary>
    /// <param name="device">The device of the weights.</param>
    protected TrainingProgram(Device device) => Device = device;

    /// <summary>Where the steps are computed: the weights and the sums are there, and each batch is moved there.</summary>
    public Device Device { get; }

    /// <summary>The model that callbacks see.</summary>
    public abstract Model Model { get; }

    /// <summary>What changes the weights.</summary>
    public abstract Optimizer Optimizer { get; }

    /// <summary>The weights that change.</summary>
    public abstract IReadOnlyList<Variable> Variables { get; }

    /// <summary>Tells where in the fit the next steps are.</summary>
    /// <param name="epoch">How many epochs have passed, from 0; within an epoch a fraction.</param>
    /// <param name="epochs">How many epochs the fit has.</param>
    public virtual void At(double epoch, int epochs) { }

    /// <summary>
    /// Trains on a batch, which is on the program's device, and takes its numbers in. Called with gradient recording, in a dispose scope of
    /// its own.
    /// </summary>
    public abstract void TrainStep(Batch batch, CallContext context);

    /// <summary>Takes a batch's numbers in without training. Called without gradient recording, in a dispose scope of its own.</summary>
    public abstract void TestStep(Batch batch, CallContext context);

    /// <summary>Forgets the numbers of earlier batches.</summary>
    public abstract void Reset();

    /// <summary>The numbers since the last reset, each a scalar tensor in the open dispose scope.</summary>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> Results();

    /// <summary>The names of the numbers, before any batch, in any order.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>
    /// Takes down or puts back all that later steps depend on: weights, the optimizer's state, random numbers of layers, and the numbers
    /// since the last reset.
    /// </summary>
    public virtual void Exchange(StateExchange state)
    {
        ExchangeVariables(state.In("weights"), Model.Weights);
        ExchangeVariables(state.In("variables"), [.. FurtherVariables]);
        Optimizer.ExchangeState(state.In("optimizer"));
        Model.Exchange(state.In("layers"));
    }

    /// <summary>Whether a bigger value of that name is a better one; <see langword="null"/>: it cannot be told.</summary>
    public abstract bool? HigherIsBetter(string name);

    /// <summary>Reads all numbers at once, in Keras' order.</summary>
    public Logs ReadLogs(string prefix = "")
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        KeyValuePair<string, Tensor>[] results = [.. Results().OrderBy(r => r.Key, StringComparer.Ordinal)];
        if (results.Length == 0)
        {
            return new Logs();
        }

        // One copy to the host for all values instead of one each. A metric of one's own may give a number that is there already.
        double[] values = [.. stack(results.Select(r => Scalar(r.Value, Device))).cpu().data<double>()];
        return new Logs(results.Select((r, i) => KeyValuePair.Create(prefix + r.Key, values[i])));
    }

    /// <summary>Changes the weights along the gradients of a loss.</summary>
    /// <param name="loss">A scalar, computed with gradient recording.</param>
    /// <exception cref="InvalidOperationException">The loss has a gradient for none of the weights.</exception>
    protected void Minimize(Tensor loss)
    {
        // Asked for anew, as weights may have been moved since the last fit.
        _values ??= new Tensor[Variables.Count];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = Variables[i].Value;
        }

        Minimize(loss, Optimizer, Variables, _values);
    }

    /// <summary>Changes weights along the gradients of a loss.</summary>
    /// <param name="loss">A scalar, computed with gradient recording.</param>
    /// <param name="optimizer">What changes them.</param>
    /// <param name="variables">The weights.</param>
    /// <param name="values">Their tensors.</param>
    protected void Minimize(Tensor loss, Optimizer optimizer, IReadOnlyList<Variable> variables, IReadOnlyList<Tensor> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        if (is_grad_enabled() && !loss.requires_grad)
        {
            throw new InvalidOperationException(
                $"Training follows the gradients of the loss, but the loss of '{Model.Name}' has none for any of its {values.Count} "
                    + "trainable weights: what lies between is not differentiable. "
                    + "The usual causes: a layer, loss or Lambda that detaches, rounds or compares its input, or outputs that do not "
                    + "come from a layer with weights."
            );
        }

        Tensor?[] gradients = Gradients.Of(optimizer.ScaleLoss(loss), values);
        using IDisposable noGrad = no_grad();
        optimizer.Apply(gradients, variables);
    }

    /// <summary>What changes beside the model's weights, where no part of the program exchanges it itself.</summary>
    protected virtual IEnumerable<Variable> FurtherVariables => Variables.Except(Model.Weights);

    /// <summary>Variables in their order.</summary>
    protected static void ExchangeVariables(StateExchange state, IReadOnlyList<Variable> variables)
    {
        for (int i = 0; i < variables.Count; i++)
        {
            state.Values(Invariant($"{i}"), variables[i]);
        }
    }

    /// <summary>
    /// A loss with what layers have left in a call and the penalties of weights; <see langword="null"/> where there is none of them.
    /// </summary>
    protected static Tensor? WithPenalties(Tensor? loss, IEnumerable<Tensor> left, IReadOnlyList<Variable> regularized)
    {
        foreach (Tensor part in left)
        {
            loss = loss is null ? part : loss.Plus(part);
        }

        foreach (Variable variable in regularized)
        {
            Tensor penalty = variable.Penalty();
            loss = loss is null ? penalty : loss.Plus(penalty);
        }

        return loss;
    }

    private static Tensor Scalar(Tensor value, Device device)
    {
        Tensor number = value.to(ScalarType.Float64, device);
        return number.dim() == 0 ? number : number.mean();
    }
}
