using System.Reflection;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>
/// What <c>Fit</c> and <c>Evaluate</c> do with each batch. Source: <c>train_step</c>, <c>test_step</c> and <c>compute_loss</c> of
/// <c>keras/src/backend/torch/trainer.py</c>.
/// </content>
public partial class Model
{
    /// <summary>
    /// One step of training: forward pass, loss, gradients and the change of the weights. A class of one's own may do it in another way.
    /// </summary>
    /// <param name="batch">The data.</param>
    /// <param name="step">What a step may use.</param>
    protected internal virtual void TrainStep(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        IReadOnlyList<Tensor> outputs = step.Forward(batch);
        Tensor loss = ComputeLoss(batch, outputs, step);
        step.Report(batch, "loss", loss);
        step.UpdateMetrics(batch, outputs);
        step.Minimize(loss);
    }

    /// <summary>One step of an evaluation: forward pass, loss and metrics.</summary>
    /// <param name="batch">The data.</param>
    /// <param name="step">What a step may use.</param>
    protected internal virtual void TestStep(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        IReadOnlyList<Tensor> outputs = step.Forward(batch);
        step.Report(batch, "loss", ComputeLoss(batch, outputs, step));
        step.UpdateMetrics(batch, outputs);
    }

    /// <summary>The loss of a batch: by default what <c>Compile</c> was given, with the penalties of layers and weights.</summary>
    /// <param name="batch">The data.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="step">What a step may use.</param>
    /// <returns>A scalar.</returns>
    protected internal virtual Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> outputs, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.CompiledLoss(batch, outputs);
    }

    /// <summary>
    /// Whether a class of one's own says what a step is: then nothing is asked for that the compiled loss alone would need.
    /// </summary>
    internal bool HasOwnStep =>
        IsForeign
        && (
            IsOverridden(nameof(TrainStep), typeof(Batch), typeof(StepContext))
            || IsOverridden(nameof(TestStep), typeof(Batch), typeof(StepContext))
            || IsOverridden(nameof(ComputeLoss), typeof(Batch), typeof(IReadOnlyList<Tensor>), typeof(StepContext))
        );

    // By the parameters: a class of one's own may have other methods of these names.
    private bool IsOverridden(string method, params Type[] parameters) =>
        GetType()
            .GetMethod(method, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, parameters)
            ?.DeclaringType?.Assembly != typeof(Model).Assembly;
}
