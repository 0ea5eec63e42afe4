module Distillation.Keras.FSharp.Tests.ConfigurationTests

open System
open System.Text.Json.Nodes
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Saving

/// A value as a base class, with a form in JSON for each case.
[<AbstractClass>]
type Limit() =
    abstract Json: JsonNode

    interface IConfigValue<Limit> with
        static member FromJson(node) =
            match node.GetValue<string>() with
            | "none" -> Unlimited()
            | text when text.StartsWith("at most ", StringComparison.Ordinal) -> AtMost(int (text.Substring 8))
            | text -> raise (FormatException $"'{text}' is no limit.")

        member this.ToJson() = this.Json

and Unlimited() =
    inherit Limit()
    override _.Json = nonNull (JsonValue.Create "none")

and AtMost(count: int) =
    inherit Limit()
    member _.Count = count
    override _.Json = nonNull (JsonValue.Create $"at most {count}")

/// The primary constructor is marked.
type Limited [<ConfigConstructor>] (limit: Limit, ?others: Limit list, ?added: int) =
    inherit Layer()

    new(count: int) = Limited(AtMost count)
    new(first: int, second: int, third: int, fourth: int) = Limited(AtMost(first + second + third + fourth))

    member _.Limit = limit
    member _.Others = others
    member _.Added = defaultArg added 7

    override _.Forward(input, _) = input.alias ()

/// One that is added by new is marked.
type Twofold(factor: float, times: int) =
    inherit Layer()

    [<ConfigConstructor>]
    new(product: float) = Twofold(product, 1)

    member _.Product = factor * float times
    override _.Forward(input, _) = input.alias ()

/// None is marked.
type Undecided(factor: float) =
    inherit Layer()

    new(factor: float, times: int) = Undecided(factor * float times)

    member _.Factor = factor
    override _.Forward(input, _) = input.alias ()

/// A union has no form in JSON.
type Direction =
    | Left
    | Right of int

type Turned(direction: Direction, ?angle: float) =
    inherit Layer()

    member _.Direction = direction
    member _.Angle = angle
    override _.Forward(input, _) = input.alias ()

module Before =
    type Rewritten(product: float) =
        inherit Layer()

        member _.Product = product
        override _.Forward(input, _) = input.alias ()

module After =
    type Rewritten(product: float) =
        inherit Layer()

        member _.Product = product
        override _.Forward(input, _) = input.alias ()

let private again<'T when 'T :> Layer> (layer: Layer) = Model.FromJson(Sequential([ Input 4; layer ]).ToJson()).GetLayer 0 :?> 'T

let private read className (config: string) =
    KerasSerializer.Deserialize<Layer>(nonNull (JsonNode.Parse $"""{{ "class_name": "{className}", "config": {config} }}"""))

[<Test>]
let ``a marked constructor is written, read and cloned`` () =
    KerasSerializer.Register<Limited>()
    KerasSerializer.Register<Twofold>()
    let layer = Limited(1, 2, 3, 4)
    Assert.That((again<Limited> layer).Limit, Is.TypeOf<AtMost>().With.Property("Count").EqualTo 10)
    Assert.That((Sequential([ Input 4; layer ]).Clone().GetLayer 0 :?> Limited).Limit, Is.SameAs layer.Limit)
    Assert.That((again<Twofold> (Twofold(1.5, 4))).Product, Is.EqualTo 6.0)

[<Test>]
let ``values bring their own form`` () =
    KerasSerializer.Register<Limited>()
    Assert.That((again<Limited> (Limited(Unlimited()))).Limit, Is.TypeOf<Unlimited>())
    let several = again<Limited> (Limited(AtMost 1, [ Unlimited(); AtMost 2 ], added = 3))
    Assert.That([| for limit in several.Others.Value -> limit.GetType().Name |], Is.EqualTo<string>([| "Unlimited"; "AtMost" |]))
    Assert.That(several.Added, Is.EqualTo 3)
    Assert.That(
        Action(fun () -> read "Limited" """{"limit": "most"}""" |> ignore),
        Throws.ArgumentException.With.Message.Contains("Limited: the argument 'limit'").And.Message.Contains "'most' is no limit."
    )

[<Test>]
let ``what has no form is refused with its class and argument`` () =
    let layer = Turned(Right 2)
    Assert.That(
        Action(fun () -> layer.GetConfig() |> ignore),
        Throws.TypeOf<NotSupportedException>().With.Message.StartsWith "Turned: the argument 'direction' has a value of type Right"
    )
    Assert.That((Sequential([ Input 4; layer ]).Clone().GetLayer 0 :?> Turned).Direction, Is.EqualTo(Right 2))

[<Test>]
let ``a configuration from before an argument was added is read`` () =
    KerasSerializer.Register<Limited>()
    let old = read "Limited" """{"name": "old", "trainable": true, "limit": "none"}""" :?> Limited
    Assert.That(old.Added, Is.EqualTo 7)
    Assert.That(old.Others, Is.EqualTo None)
    Assert.That(old.Name, Is.EqualTo "old")

[<Test>]
let ``several constructors without a mark are refused`` () =
    let refused = Throws.ArgumentException.With.Message.Contains("Undecided(factor, times)").And.Message.Contains "[ConfigConstructor]"
    Assert.That(Action(fun () -> KerasSerializer.Register<Undecided>()), refused)
    let model = Sequential([ Input 4; Undecided 2.0 ])
    Assert.That(Action(fun () -> model.Clone() |> ignore),
                Throws.InvalidOperationException.With.Message.Contains "Undecided has 2 public constructors")

[<Test>]
let ``another class of the name is replaced only where that is said`` () =
    KerasSerializer.Register<Before.Rewritten>(replace = true)
    Assert.That(Action(fun () -> KerasSerializer.Register<After.Rewritten>()),
                Throws.ArgumentException.With.Message.Contains "replace: true")
    Assert.That(read "Rewritten" """{"product": 2.5}""", Is.TypeOf<Before.Rewritten>())
    KerasSerializer.Register<After.Rewritten>(replace = true)
    Assert.That(read "Rewritten" """{"product": 2.5}""", Is.TypeOf<After.Rewritten>())
