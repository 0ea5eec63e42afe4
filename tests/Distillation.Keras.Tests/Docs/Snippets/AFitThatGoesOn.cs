// <snippet A_fit_that_goes_on>
using Distillation.Keras;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.State;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class AFitThatGoesOn
{
    [Test]
    public void A_fit_that_goes_on()
    {
        // <snippet A_fit_that_goes_on>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(10, activation: "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        using var cancel = new CancellationTokenSource();
        var budget = new Budget(100, cancel);
        History history;
        try
        {
            history = model.Fit(
                data.TrainX, data.TrainY, batch_size: 128, epochs: 3, callbacks: [budget], cancellationToken: cancel.Token);
        }
        catch (FitCanceledException e)
        {
            Console.WriteLine(e.Message);
            history = model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 3, callbacks: [budget], state: e.State);
        }

        Console.WriteLine($"{history["loss"].Count} epochs, {budget.Steps} steps");
        // </snippet>
        Assert.That(cancel.IsCancellationRequested);
        Assert.That((history["loss"].Count, budget.Steps), Is.EqualTo((3, 3 * 63)));
    }

    // <snippet A_fit_that_goes_on>
    /// <summary>Cancels a fit after some steps.</summary>
    public sealed class Budget(int limit, CancellationTokenSource cancel) : Callback
    {
        public int Steps { get; private set; }

        public override void OnTrainBegin(Logs logs) => Steps = 0;

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            if (++Steps == limit)
            {
                cancel.Cancel();
            }
        }

        protected override void ExchangeState(StateExchange state) => Steps = (int)state.Integer("steps", Steps);
    }
    // </snippet>
}
