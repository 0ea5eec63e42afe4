// <snippet A_distillation_that_goes_on>
using Distillation.Keras;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.State;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class ADistillationThatGoesOn
{
    [Test]
    public void A_distillation_that_goes_on()
    {
        // <snippet A_distillation_that_goes_on>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(64, "relu"), new Dense(10, "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);

        // A born-again student: the state has its weights, and the seed that it was made by.
        var distiller = new Distiller(teacher);
        using var cancel = new CancellationTokenSource();
        var stop = new LambdaCallback(on_epoch_end: (_, _) => cancel.Cancel());
        DistillationResult result;
        try
        {
            result = distiller.Fit(
                data.TrainX, data.TrainY, batch_size: 128, epochs: 3, callbacks: [stop], cancellationToken: cancel.Token);
        }
        catch (FitCanceledException e)
        {
            result = distiller.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 3, callbacks: [stop], state: e.State);
        }

        Console.WriteLine(result.History["loss"].Count);
        // </snippet>
        Assert.That(cancel.IsCancellationRequested);
        Assert.That(result.History["loss"], Has.Count.EqualTo(3));
    }
}
