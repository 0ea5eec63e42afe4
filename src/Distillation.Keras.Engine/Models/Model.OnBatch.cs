using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>One step at a time.</content>
public partial class Model
{
    /// <summary>One step of training.</summary>
    /// <remarks>Not thread-safe: refused while another thread trains the model. A callback may make such a step within a fit.</remarks>
    /// <param name="x">Inputs, batch first; all of them make one batch.</param>
    /// <param name="y">Targets, batch first.</param>
    /// <param name="sample_weight">The weight of each sample.</param>
    /// <param name="class_weight">The weight of each class' samples.</param>
    /// <returns>The values of this batch alone.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled, or without a loss.</exception>
    /// <exception cref="ArgumentException">Data do not fit the model.</exception>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite.</exception>
    public Logs TrainOnBatch(ArrayLike x, ArrayLike? y = null, ArrayLike? sample_weight = null, ClassWeights? class_weight = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        string me = $"TrainOnBatch of '{Name}'";
        Gradients.RequireRecording(me);
        using Claim claim = new Claim(me, mayNest: true).Take(this);
        Logs logs = OnBatch(
            me,
            x,
            () => SampleSet.Of(this, x, y, sample_weight, class_weight),
            (program, batch, attempt) =>
            {
                RefuseUnknownWeights(program);
                claim.Take(program.Variables.Concat(ChangingWeights), program.Optimizer).Share(Weights);
                program.Optimizer.Build(program.Variables);
                attempt.Accept();
                using var recording = new GradientRecording(program);
                using torch.Generator generator = RandomState.NewGenerator(RandomState.NextSeed());
                program.TrainStep(batch, CallContext.With(training: true, new Lazy<torch.Generator>(() => generator)));
            }
        );
        TrainingLoop.RefuseBadLoss(logs, "in this batch");
        return logs;
    }

    /// <summary>The loss and the metrics of one batch, without training.</summary>
    /// <remarks>Thread-safe, as <c>Evaluate</c>.</remarks>
    /// <param name="x">Inputs, batch first; all of them make one batch.</param>
    /// <param name="y">Targets, batch first.</param>
    /// <param name="sample_weight">The weight of each sample.</param>
    /// <returns>The values of this batch alone.</returns>
    public Logs TestOnBatch(ArrayLike x, ArrayLike? y = null, ArrayLike? sample_weight = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return OnBatch(
            $"TestOnBatch of '{Name}'",
            x,
            () => SampleSet.Of(this, x, y, sample_weight, null),
            static (program, batch, attempt) =>
            {
                attempt.Accept();
                using IDisposable noGrad = no_grad();
                using var context = new CallContext(training: false);
                program.TestStep(batch, context);
            }
        );
    }
}
