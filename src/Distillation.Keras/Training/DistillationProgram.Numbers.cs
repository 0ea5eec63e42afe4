using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <content>What it reports, and its state.</content>
internal sealed partial class DistillationProgram
{
    // Those of the objectives are exchanged with them.
    protected override IEnumerable<Variable> FurtherVariables => _models.StudentLogits.TrainableWeights.Except(Model.Weights);

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        _total.Exchange(state.In("total"));
        _view?.Exchange(state.In("augmentation"));
        for (int i = 0; i < _numbers.Length; i++)
        {
            _numbers[i].Exchange(state.In(Invariant($"outputs/{i}")));
        }

        int place = 0;
        foreach (ObjectiveTerm term in Terms)
        {
            term.Exchange(state.In(Invariant($"terms/{place++}")));
        }
    }

    public override void Reset()
    {
        using IDisposable noGrad = no_grad();
        _total.Reset();
        foreach (HeadNumbers numbers in _numbers)
        {
            numbers.Reset();
        }

        foreach (ObjectiveTerm term in Terms)
        {
            term.Reset();
        }
    }

    public override IEnumerable<KeyValuePair<string, Tensor>> Results()
    {
        yield return KeyValuePair.Create("loss", _total.Result());
        foreach ((string name, ObjectiveTerm term) in NamedTerms)
        {
            if (term.Result() is Tensor value)
            {
                yield return KeyValuePair.Create(name, value);
            }
        }

        foreach (KeyValuePair<string, Tensor> number in _numbers.SelectMany(n => n.Results()))
        {
            yield return number;
        }
    }

    public override IEnumerable<string> Names => _numbers.SelectMany(n => n.Names).Concat(NamedTerms.Select(t => t.Name)).Append("loss");

    private IEnumerable<(string Name, ObjectiveTerm Term)> NamedTerms =>
        _terms.SelectMany((group, i) => group.Select(t => (i < _numbers.Length ? _models.Heads[i].Prefix + t.Name : t.Name, t)));

    public override bool? HigherIsBetter(string name) =>
        name == "loss" || NamedTerms.Any(t => t.Name == name)
            ? false
            : _numbers.Select(n => n.HigherIsBetter(name)).FirstOrDefault(b => b is not null);

    /// <summary>Frees the sums and what the terms have made.</summary>
    public void Release()
    {
        _total.Release();
        _view?.Release();
        foreach (HeadNumbers numbers in _numbers)
        {
            numbers.Release();
        }

        foreach (ObjectiveTerm term in Terms)
        {
            term.Release();
        }
    }
}
