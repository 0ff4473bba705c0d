"""What leads to each line of the Zen, in the words of people and of programmers. A table, no code.

``word*`` stands for every word that begins so, any other for its forms, too (``nest``: ``nested``, ``nesting``).
``a+b`` is both words in one message, in any order, and ``CODE`` any word that shows that it is about code.
"""

from __future__ import annotations

from typing import NamedTuple


class Themes(NamedTuple):
    """The words for one line."""

    sure: str
    """Said of code or of this line, and of little else: they are heard among words that the Zen knows nothing of."""
    likely: str
    """Said of other things, too, but mostly of what the line speaks of when there is not much else in the message."""
    hints: str
    """Said of many things: they count beside others, and where the message says nothing else."""


THEMES = (
    Themes(  # Beautiful is better than ugly.
        "ugly+CODE ugliness+CODE beaut*+CODE elegan*+CODE pretty+CODE hideous+CODE look+terrible look+awful "
        "look+horrible look+nice look+bad look+good horrible+CODE eyesore how+CODE+look matter+look CODE+look+like "
        "craft*+CODE style+matter style+important well+crafted polish*+CODE charm*+CODE appearance+CODE clean+CODE "
        "art+CODE crude*+CODE look+dreadful dreadful+CODE look+ugly look+pretty looks+matter look+great "
        "unsightly+CODE aesthetic*+CODE",
        "beaut* ugly uglier ugliest ugliness pretty prettier prettiness elegan* aesthetic* esthetic* gorgeous "
        "hideous attractive* unattractive stylish horrible inelegan* graceful* grace handsome unsightly tidy "
        "tasteful* tasteless eyesore good+taste poetry poetic harmony harmonious lovel* charm* exquisite delightful "
        "grotesque ghastly well+crafted craftsmanship polished refined allure artistry dreadful good+looks",
        "style taste art artistic* clean cleaner cleanliness messy neat appearance cosmetic* craft* mess* pleasant",
    ),
    Themes(  # Explicit is better than implicit.
        "explicit* implicit* black+magic magic+happen* magic+CODE behind+scene behind+scenes spell+out hidden+side "
        "side+effect type+conversion type+coercion type+hint type+annotation keyword+argument silent+convert "
        "automatic+convert hidden+CODE hidden+state hidden+dependency hidden+behavior hidden+behaviour rely+default "
        "declar+everything kwargs behind+back under+hood named+argument name+parameter named+parameter "
        "positional+argument monkeypatch* monkey+patch* metaclass* metaprogram* spooky action+distance "
        "say+what+you+mean implicitly surpris*+behavior surpris*+behaviour surpris*+CODE hidden+assumption* "
        "without+saying conceal*+CODE obscured+intention* hide+what+happen* default+hide implicit+default "
        "argument+default clearness",
        "clear+than clarity vague vagueness magic magical* transparen* opaque unspoken tacit implied imply coerc* "
        "visible invisible overt covert straightforwardly obscure+than unambiguously declar+type state+clearly "
        "clear+about conceal* obscured undisclosed outspoken undeclared unstated clear+mean open+about hidden "
        "hide+user secretly hint+CODE visib* without+telling clearness not+saying spell+out",
        "clear clearly hidden hide hiding intent* assum* default* automatic* declar* convert* conversion* unclear "
        "secret* obscur* express subtle subtlety",
    ),
    Themes(  # Simple is better than complex.
        "overengineer* over+engineer* yagni kiss simpl*+CODE complex+CODE complexity moving+part too+abstract "
        "too+complex framework+tiny huge+framework occam* unnecessar*+abstraction many+layer too+many+abstraction "
        "overkill bloated too+much+abstraction minimalis* design+pattern layer+abstraction another+layer overthink* "
        "fewer+parts cyclomatic gold+plat* too+many+class* too+many+classes unnecess*+complex need+framework "
        "need+design easy+solution need+microservice* use+microservice* factory+for less+code more+code+than "
        "premature+abstraction overdo* over+complicat* too+elaborate too+fancy just+script+framework abstract*+CODE "
        "one+would+do one+enough+CODE too+many+pattern* simple+solution simple+program ease plugin+script "
        "less+is+more plugin+system need+class use+class+function simple+or one+small+function one+function+would "
        "simpler+CODE classes+or+function",
        "simpl* straightforward* plain plainness uncomplicated complex* minimalist minimal bloat* sophisticat* "
        "overcomplicat* easier+than less+more keep+it+short parsimony frugal* overthink* elementary rudimentary "
        "unadorned modest humble fewer overblown ornate one+would+do unneed* superfluous ease less+is+more",
        "complicat* basic basics abstract* lightweight heavyweight unnecessar* fancy intricate elaborate convoluted "
        "lean clever* tangled easy easier fewer shorter",
    ),
    Themes(  # Complex is better than complicated.
        "spaghetti+CODE ball+mud untangle* tangled+CODE entangle* tangled+mess complicat*+CODE convoluted+CODE "
        "intertwined labyrinthine rat+nest dare+touch nobody+touch no+one+touch couple*+tight* tight*+coupl* "
        "coupl*+CODE interdepend*+CODE legacy+mess lost+CODE get+lost tangle*+CODE messy+logic messy+CODE mess+CODE "
        "unmanageable control+flow+not chaos+CODE",
        "complicat* convoluted intricate intricac* tangle* entangle* untangle* spaghetti labyrinth* byzantine "
        "knotty overcomplicat* messy+complex rube+goldberg twisted contorted tortuous muddle muddled gordian maze "
        "jungle interdepend* interconnect* interwoven coupling entwin* clutter+mess confounding unmanageable "
        "unwieldy",
        "complex* elaborate mess messy chaos chaotic knot mud",
    ),
    Themes(  # Flat is better than nested.
        "nested nesting nests nest unnest* indent* indentation hierarch* inherit+class inherit+from inheritance "
        "subclass* pyramid+doom arrow+code callback+hell deep+CODE level+deep layer+deep if+inside inside+loop "
        "early+return guard+clause subfolder* subdirector* subpackage* flatten* flat+CODE if+within folder+deep "
        "directory+deep tree+deep deep+tree russian+doll* matryoshka* elif return+early early+exit multi+level "
        "multilevel indentation+level base+class parent+class ifs if+else+chain nested+bracket* sub+folder* "
        "sub+director* sub+class* level+of+level* layers+deep levels+deep level+down nested+parenthes* cascad*+if "
        "else+after+return folder+structure director*+structure sub+sub else+inside else+branch* inside+each+other "
        "within+each+other one+inside+another branch*+deep package+sub",
        "flat flatter flatness deep+level deep+hierarchy stacked recursive+structure layered cascad* multi+layer* "
        "bracket* sublevel*",
        "deep deeper depth level* layer* tree trees inherit* ancestor* loop+in loops inside folder* directory "
        "directories pyramid",
    ),
    Themes(  # Sparse is better than dense.
        "whitespace* white+space blank+line empty+line oneliner* one+liner* code+golf golfing cram+line cram+CODE "
        "squeeze+line squeeze+CODE statement+one+line everything+one+line character+line line+too+long long+line "
        "semicolon* statement+per+line line+length one+line+CODE dense+CODE same+line single+line more+per+line "
        "into+one+line on+one+line many+line+one comprehension+line line+character pack+line column+line "
        "column+wide 80+character* 79+character* 120+character* chain*+method chain*+call minif* wall+text "
        "blank+lines line+break* remove+blank empty+lines breath*+CODE too+much+line too+much+one+line "
        "much+per+line clutter*+line packed+CODE compact+CODE concise+CODE short+as+possible fewest+lines "
        "fewer+lines less+lines space+around space+between cram* squeez*+line long+lines one+expression "
        "much+possible+line fit+line everything+line lines+space space+function* space+block* vertical+space "
        "horizontal+space space+CODE more+space leave+space compress+line* statements+line",
        "sparse* dense* density cram* cramped crowded compact* compress* terse* terseness condense* breathing "
        "overcrowded squeeze* jam* squash* sparing* concise* congested packed golf spacious airy clutter* overfull "
        "overloaded+line thick crammed compactness succinct* brevity crush+line sparing airiness tight+packed "
        "stuffed",
        "space spaces spacing spaced blank tight* thin room pack packing golf",
    ),
    Themes(  # Readability counts.
        "readab* unreadab* legib* illegib* maintainab* docstring* hard+read easy+read read+CODE difficult+read "
        "not+read nobody+read comment+CODE comments meaningful+name variable+name name+variable single+letter "
        "good+name descriptive+name function+name name+function naming* next+person next+reader others+read "
        "other+read rename+variable rename+to name+x maintain+CODE document+CODE one+letter cryptic read+more+than "
        "understand+CODE understandab* comprehensib* self+explanatory self+documenting read+six+months read+later "
        "read+aloud write+comment hard+follow easy+follow variable+called variables+called name+it clear+name* "
        "understand+later understand+year understand+month* anybody+understand anyone+else+read easy+understand "
        "read+own read+colleague* strange+name* short+name* long+name* name+clear* intelligib* unintellig*+CODE "
        "code+reads reads+CODE reads+like write+for+human* readers+CODE written+for+reader* name+function* "
        "formatting+CODE format+CODE magic+number* others+follow follow+code reread* reading+CODE self+explaining "
        "who+read able+read others+understand team+read people+read can+read someone+read everyone+read "
        "write+clear* identifier* code+comprehension",
        "readers reading* documentation docs comment* document* decipher* maintenance understandab* obfuscat* "
        "cryptic* intelligib* lucid* penmanship handwriting reader+friend* human+reader* scrutab* annotat* jargon",
        "read reads reader rename* maintain* maintainer* understand* prose abbreviat* meaningful",
    ),
    Themes(  # Special cases aren't special enough to break the rules.
        "special+case special+cases corner+case edge+case edgecase* pep8 pep+8 break+rule break+convention "
        "breaking+rule exception+rule exception+style exception+guideline style+guide style+guideline "
        "coding+standard coding+convention case+special case+different ignore+guideline ignore+convention "
        "ignore+rule follow+rule follow+convention inconsisten* convention* linter just+this+once bend+rule "
        "rule+apply rules+everyone case+exception against+rule violate+rule special+rule above+rule "
        "special+treatment special+cased one+off unusual+case make+exception flake8 ruff pylint outlier* "
        "skip+linter rule+me rule+skip skip+check* ignore+linter skip+convention* exempt*+rule loophole* "
        "just+for+me apply+to+me one+exception special+customer exception+once disable+linter style+rule* "
        "house+style break+style rules+apply rule+here exception+guide* hardcod*+special special+if "
        "special+snowflake exceptional+CODE follow+style rule+fit convention+fit situation+special "
        "situation+exceptional situation+different everyone+else+follow*",
        "rule rules consisten* inconsisten* convention* guideline* uniform* exceptional special standards standard "
        "unwritten+rule special+enough conform* conformity norm norms lawful discipline unusual deviat* quirk* "
        "coherent coherence outlier* loophole* anomal* irregular* exemption* exempt orthodox* privilege* standardi* "
        "obey* rulebook violation* transgress* snowflake* idiosyncra*",
        "law laws policy policies cheat* corner edge edges unique exemption exempt break breaking breaks violate* "
        "bend* follow exception",
    ),
    Themes(  # Although practicality beats purity.
        "pragmati* practical* impractical* purist* purity dogma* workaround* theoretical*+CODE pure+but "
        "perfect+good perfect+enemy good+enough quick+hack working+hack hack+work work+but ugly+but+work "
        "ivory+tower real+world perfect+work ideal+CODE theory+practice in+practice but+it+work academic*+CODE "
        "purely+functional functional+purity not+pure impure+CODE user+love+but users+love gets+job+done "
        "get+job+done academic*+approach textbook*+CODE quick+dirty+work quick+fix+work ugly+work dirty+but "
        "clean+but+work workaround perfect+CODE perfect+design solves+problem+but works+but does+job does+trick "
        "do+job not+elegant+but not+pretty+but not+perfect+but good+in+theory pure+CODE pure+enough",
        "pure purer perfectionis* perfection idealis* ideal theoretical* theory academic* compromise* dogma* "
        "realistic useful usefulness utilitarian pedant* pedantic tradeoff* trade+off hack hacky realism expedien* "
        "principled doctrinaire academics feasib* viab* puritan* ideolog* orthodoxy textbook* impur* pragmat* "
        "down+to+earth useable usab* workable makeshift stopgap sensible+over fundamentalis* zealot*",
        "perfect* practice hack* useful theory utility kludge* effective dirty",
    ),
    Themes(  # Errors should never pass silently.
        "traceback* error+handling error+CODE swallow+exception swallow+error bare+except try+except except+pass "
        "silent+fail fail+silent fail+loud fail+fast fail+without crash+CODE error+ignore error+hide error+log "
        "bug+CODE catch+all catch+exception silently+fail stack+trace stacktrace* error+silent return+none "
        "return+null returns+none error+message* error+code* something+wrong goes+wrong went+wrong fail+unnoticed "
        "ignore+error swallow+it error+occur* unhandled raise+error raise+exception assert* unnoticed catch+error "
        "no+one+notices fails+quietly fail+quiet no+message return+fail* returns+fail* fail*+return wrap+try "
        "hidden+bug hidden+error* nothing+happens+error test+fail* failing+test exit+code corrupt*+data "
        "data+corrupt* notify+error report+error* catch+everything broad+except log*+error error+nobody "
        "fail*+nobody crash*+silent* fail*+log except+continue crash+no except+block ignore*+return+value "
        "crash+message no+error+message fail+quietly fail+hard error+return* error+handl* null+pointer segfault* "
        "exception+handl* exception swallow*+CODE keep+going+fail* continue+error continue+fail* go+on+error "
        "hide+user+error nobody+notice* not+notice*+error not+notice*+bug error+user* nobody+told nobody+notified "
        "failure+visible fails+no job+fail*",
        "error errors erroneous failure* fail* fails failing failed crash* bug bugs buggy warning* mistake* "
        "exceptions fault faults glitch* defect* loudly loud silently noiseless* unnoticed quietly flaw flaws "
        "mishap* blunder* oversight breakdown* fiasco wrongdoing misfire* outage* debug* fiascos slip+mistake "
        "error+pass silent+fail* fatal alert*",
        "catch catches caught raise pass passes notice* hide hides broken break breaks silent* quiet* ignore* trap",
    ),
    Themes(  # Unless explicitly silenced.
        "suppress* muted+error mute+exception mute+error mute+warning deliberate*+ignore intentional*+ignore "
        "on+purpose+ignore on+purpose+suppress contextlib* noqa explicit*+silenc* explicit*+suppress* "
        "explicit*+ignore really+ignore+error really+ignore+exception when+ignore+error when+ignore+exception "
        "may+ignore+error may+ignore+exception ever+ignore+error ever+ignore+exception safe+ignore "
        "known+error+ignore expected+error expected+exception purpose+error purpose+exception deliberate*+exception "
        "deliberate*+error deliberate*+swallow* purpose+swallow* intentional*+swallow* disable+warning "
        "turn+off+warning want+ignore+error want+ignore+exception know+ignore+exception know+ignore+error "
        "ignore+known ignore+this+exception ignore+this+error allowed+ignore+error allowed+ignore+exception "
        "okay+silence okay+suppress explicit*+error explicit*+exception catch+purpose consciously+ignore "
        "ignore+harmless harmless+error harmless+exception harmless+warning type+ignore quiet*+warning "
        "quieten*+warning ignore+expect* error+expect* exception+expect* expect+error expect+exception "
        "not+see+error not+see+warning hide+warning good+way+ignore quieting",
        "silenc* silence silenced silencing silencer suppress* mute* muting muted muffle* hush* squelch* gag "
        "quieten* ignor* unless+explicit shush quell* stifl* deaden silent+on+purpose mutism quiet+on+purpose "
        "conscious*+ignore",
        "ignor* deliberate* intentional* purpose disable* shut unless warning",
    ),
    Themes(  # In the face of ambiguity, refuse the temptation to guess.
        "ambigu* disambigu* guesswork guess+CODE guess+user guess+mean guess+type could+mean mean+two "
        "unclear+requirement requirement* spec+unclear specification* unclear+spec not+sure+want+CODE unclear+what "
        "not+sure+customer not+sure+user not+sure+client unsure+mean either+mean could+be+or infer+type "
        "interpret+two interpreted+two two+interpretation* several+meaning* different+meaning* two+meaning* "
        "more+than+one+meaning multiple+meaning* double+meaning* assume+mean assume+user assume+want know+want "
        "underspecified jump*+conclusion* not+say+which not+said+which not+specify not+specified did+not+say+what "
        "not+clear+what not+clear+which not+clear+whether unspecified undefined+behavior undefined+behaviour "
        "mind+read read+mind gut+feeling misunderst*+CODE assume+input assum*+CODE guess*+encoding guess*+format "
        "infer*+CODE heuristic* wild+guess educated+guess which+format+want two+possible open+to+interpretation "
        "unclear+CODE could+be+either what+user+want* what+client+want* what+customer+want* who+knows+what "
        "contradict*+requirement* guess+intent* know+what+meant not+know+mean value+mean assume+list assum*+sort* "
        "guess+format guess+date not+know+which not+know+what+want* not+clear+mean not+sure+CODE may+be+or "
        "might+be+or how+should+tell+or not+being+sure be+not+sure tempted+assume",
        "guess* guesstimate* uncertain* unsure unclear doubt* speculat* equivocal temptation tempted tempt tempting "
        "conjecture* hunch assum* assumption* presum* indecisi* vague vagueness ambivalen* clarif* dilemma "
        "could+mean hunch* heuristic* unspecified misinterpret* misunderst* infer inferr* inference clairvoy* "
        "supposition* surmis* guessed dubious* inconclusive cryptic+message nebulous murky hazy obscurity "
        "double+meaning indetermina* contradict* jump*+conclusion* presuppos* pun wobbly not+sure be+sure",
        "unknown unclear refuse refuses resist interpretation interpret suppos* hesitat* estimate",
    ),
    Themes(  # There should be one-- and preferably only one --obvious way to do it.
        "duplicat*+CODE timtowtdi tmtowtdi tim+toady one+obvious obvious+way same+thing+CODE two+function+same "
        "same+function do+same+thing does+same+thing more+than+one+way copy+paste copied+pasted copypast* dry "
        "repeat+yourself same+code duplicate+logic only+one+way preferably+only one+only+way best+way+CODE "
        "right+way+CODE single+way one+right+way single+source redundant+CODE redundan* reinvent* api+alternatives "
        "too+many+option too+many+choice same+two+place idiomatic canonical two+library+same several+way+same wheel "
        "standard+way+CODE way+CODE+obvious reinvent*+wheel which+way+choose helper+same three+different+CODE "
        "two+different+CODE different+way+same loop+or+while same+feature two+api* two+implement* same+purpose "
        "which+library+use two+library two+libraries implement*+twice written+twice same+logic two+method+same "
        "canonical+way one+true+way single+obvious many+way+CODE way+CODE+several way+CODE+many way+CODE+two "
        "different+helper* three+helper* agree+approach agree+way offer+both both+function both+method both+way* "
        "method+and+function one+approach way+loop only+way+loop team+approach same+result alias* same+thing+twice "
        "twice+CODE two+way+log so+many+way",
        "duplic* redundan* alternative* option options obvious obviously obviousness choices tmtowtdi perl "
        "preferable unique uniqueness repetition repetitive idiom idioms synonym* variant* interchangeable overlap* "
        "which+way one+way two+way three+way several+way different+way five+way four+way multiple+way many+way "
        "too+many+way dozen+way ten+way way+do+it ways+do+it way+do+same other+way+do another+way+do best+way+do+it "
        "best+way+do+this road+rome plethora multiplicity consensus variety consolidat* unif* dedup* replicat* "
        "copycat choose+between alternativ* standard+way reinvent* same+thing alias* ",
        "ways choice approach* way+to repeat* copy copies copied identical equivalent duplicate multiple",
    ),
    Themes(  # Although that way may not be obvious at first unless you're Dutch.
        "not+obvious rossum* obvious+beginner obvious+at+first way+not+clear not+obvious+way obvious+newcomer "
        "new+python nonobvious benevolent+dictator not+see+obvious not+immediately+obvious not+intuitive "
        "obvious+later obvious+to+me learn+python+hard see+obvious not+see+obvious+way dutch+obvious obvious+why "
        "unless+dutch stupid+obvious stupid+see find+obvious+not see+obvious+way not+see+way not+find+obvious",
        "dutch* netherland* holland hollander* dutchman nederland guido bdfl benevolent newcomer* beginner* novice* "
        "newbie* noob* learning+curve counterintuitive unintuitive intuitive initially+not windmill* tulip* "
        "rotterdam hague hindsight acquired+taste freshman rookie* apprentice* newly+learn* inexperienced "
        "unfamiliar* gouda",
        "amsterdam obvious* learner* nationality clog clogs windmill* intuition van",
    ),
    Themes(  # Now is better than never.
        "procrastinat* put+off putting+off get+around do+tomorrow do+later begin+now start+now start+today "
        "start+tomorrow begin+today now+never never+now now+rather late+never wait+perfect wait+until+perfect "
        "keep+delay* keep+postpone* never+finish* never+start* never+ship ship+it+now ship+now now+or+later "
        "when+start when+begin today+tomorrow refactor+later someday one+day never+release now+later ship+early "
        "release+early never+done fix+later test+later keep+wait should+start should+begin get+started "
        "perfect+before+release start+already still+not+start* wait+longer perfect+moment good+moment+start "
        "good+moment+begin wait+moment analysis+paralysis just+do+it done+better+perfect never+finish+CODE "
        "minimal+viable minimum+viable mvp next+week+CODE start+small release+often better+start sooner+later "
        "rather+now act+now still+wait* waiting+for+perfect postpone+release delay+release ever+good+time "
        "right+time+start publish+wait never+get+done get+it+done never+get+round not+get+around get+going do+today "
        "planning+year* planning+month* planning+forever plan+year* plan+month* without+writing+line todo+list "
        "todo+grows time+begin time+start not+today for+years+never start+or+wait first+version ever+finish "
        "finish+project whether+begin whether+start thinking+begin thinking+start still+think*+start version+now "
        "release+now",
        "procrastinat* postpon* delay* lazy laziness lazily deadline* tomorrow ship shipping defer* dawdl* dither* "
        "overdue backlog tardy linger* stall* inaction action someday start started starting begin beginning began "
        "hesitat* manana carpe initiative mvp inertia tarry seize idle* kickoff kick+off foot+dragging first+step "
        "paralysis indolen* sluggish* putting+off put+off sooner hold+off do+today todo finally+start finally+begin "
        "getting+done thing+done today+or get+done finish+ever",
        "now start starts begin begins wait waits waiting later later+than never eventual* putting",
    ),
    Themes(  # Although never is often better than *right* now.
        "rush*+CODE hurry+CODE premature* optimi*+CODE optimi*+now optimi*+before optimi*+early right+now+CODE "
        "right+now+want want+right+now need+right+now do+right+now right+now+never never+right+now never+often "
        "often+never ship+immediate* release+immediate* untested+ship untested+release not+tested+release "
        "not+tested+ship without+test+ship without+test+release not+ready+release not+ready+ship half+baked "
        "untested+deploy deploy+friday without+think* quick+dirty immediate*+CODE release+today ship+today+test "
        "ship+unfinished right+now+better asap by+tonight measure+optimi* profil+optimi* friday+deploy* friday+fix* "
        "friday+release hotfix* hot+fix* micro+optimi* microoptimi* without+testing take+your+time think+twice "
        "sleep+on more+haste cut*+corner* crunch+time speed+over+quality boss+now manager+now customer+now "
        "tonight+release tonight+deploy release+before+ready too+early+optimi* performance+before panic+fix "
        "deploy+evening deploy+now+untested without+review skip+test* skipping+test* fast+first make+fast "
        "before+tests merge+before merge+now+test* hurry+up without+thinking quick+fix* better+right+now "
        "skip+review skip+test faster+skip better+wait do+badly wait+than wait+rather boss+hurry",
        "rush* hurry* haste hasty hastily hasten premature* urgent* urgency patien* impatien* immediate* instant* "
        "optimi* hectic rash* reckless* impulsiv* precipitate pressure hurried slow+down stress* asap breakneck "
        "right+now knee+jerk frantic* panic* think+first deadline+pressure too+soon too+early too+fast too+quick* "
        "sleep+on+it panic pressur* calm calmly micro+optimi* rushes hustle* hotfix* jump+gun precipitous* "
        "headlong frenz* frenetic sloppy slapdash overhast* hectically restless better+wait slower",
        "fast faster quick* speed early untested deadline think+before friday tonight",
    ),
    Themes(  # If the implementation is hard to explain, it's a bad idea.
        "hard+explain hard+to+explain difficult+explain not+explain never+explain unexplain* inexplicab* "
        "not+understand nobody+understand no+one+understand none+understand incomprehensib* explain+hour "
        "explain+long struggle+explain explain+slide* cannot+describe not+describe trouble+explain "
        "trouble+understand takes+explain too+clever clever+CODE explain+hours explain+day hard+understand "
        "difficult+understand only+i+understand only+one+understand tricky+CODE hard+implement hard+describe "
        "hard+teach confus*+CODE lost+explain complicated+explain few+understand explain+forever even+i+understand "
        "rocket+science hour+explain tough+explain puzzl*+CODE baffl* trouble+describ* nobody+get no+one+get "
        "nobody+gets nobody+grasp* over+head head+spin* gibberish+CODE too+smart hard+grasp hard+to+grasp "
        "hard+to+describe not+explained even+after+explain* cannot+summari* show+off whiteboard+explain "
        "no+one+can+follow nobody+can+follow explain+myself hard+to+understand enigma*+CODE cleverness "
        "nobody+explain no+one+explain explain+longer explanation+longer explanation+than cannot+be+explained "
        "needs+explanation explanation+long explain+impossible very+hard+explain still+not+get still+not+understand "
        "diagram*+not obscure+CODE describe+impossible impossible+describe author+not+understand even+author "
        "explanation+of+CODE takes+longer explanation+takes",
        "difficult* confus* incomprehens* inexplicable unexplainable obscure abstruse arcane esoteric perplex* "
        "baffl* bewilder* mystif* unintelligible tricky clever* hard tough black+box cleverness enigma* gibberish "
        "impenetrable unfathomable inscrutab* convoluted+explan* unclear+explan* over+head bemus* brain+teaser "
        "cryptic+CODE",
        "hard harder explain* understand* implementation* slide* puzzl* impossible bad+idea",
    ),
    Themes(  # If the implementation is easy to explain, it may be a good idea.
        "easy+explain easy+to+explain easily+explain simple+explain explain+one+sentence explain+sentence "
        "explain+minute* explain+child explain+grandmother explain+grandma explain+few+words explain+five "
        "explain+rubber explain+duck easy+describe explain+easily everyone+understand everybody+understand "
        "anyone+understand child+understand explain+second* explain+two+word* explain+line+two easy+understand+CODE "
        "explain+quick* easy+implement easy+teach explain+beer explain+napkin explain+well rubber+duck "
        "can+explain+in describe+sentence summari*+sentence easy+grasp quick*+explain grandmother+understand "
        "grandma+understand grandmother+understood understood+design understood+it understand+once grasp*+once "
        "everyone+grasp* everybody+grasp* plain+english explain+plain self+evident five+year+old simple+describe "
        "explain+in+two explain+in+one explain+in+five explain+in+a+few child+get everyone+get everybody+get "
        "intern+understand junior+understand explain+anyone anyone+can+understand understood+immediately "
        "describe+in+one+sentence describe+in+a+sentence explain+mother explain+mom explain+mum explain+kid "
        "explain+friend explain+everyone explain+layman explain+dad explain+newcomer explain+beginner "
        "can+be+explained explained+easily explained+quickly could+explain explain+idea+beginner simple+explanation",
        "explainab* easy easily easier effortless* elevator+pitch explanation* comprehensible eli5 teachable "
        "self+evident plain+english grasp* pitch+minute layman layperson lay+terms straightforward+explain "
        "simple+explain* easy+grasp",
        "explain* understand* explanat* describe* implementation* summar* good+idea",
    ),
    Themes(  # Namespaces are one honking great idea -- let's do more of those!
        "namespac* name+space name+spaces global+variable* globals global+scope global+state module* import+star "
        "import+everything import+all wildcard+import star+import name+clash* name+collision* names+collide "
        "name+conflict naming+conflict naming+collision naming+clash same+name scope* scoping shadow* polluting "
        "pollution pollute* split+file* split+module* one+big+file huge+file package+CODE __init__ dunder+init "
        "organize+CODE organise+CODE encapsulat* qualified+name honking builtin+name everything+one+file "
        "split+into+module* same+identifier* overwrite*+builtin* shadow*+builtin* override*+builtin* "
        "name+already+taken conflicting+name* unique+name* as+np dotted+name* polluted from+import+star "
        "name+conflicts name+apart names+apart separate+name* keep+name+apart own+module",
        "namespac* module* package* scope* scoping global globals collision* clash* clashes honk* prefix* encapsul* "
        "shadow* qualifier* pollut* modular* compartment* honking+great one+file identifier+clash* separate+module "
        "subpackage* library+prefix partition* qualified+name* disambiguate+name* modulari*",
        "import imports organi* separat* conflict* prefix star local locals split",
    ),
)
